#!/bin/sh
# What an installation of the demo begins with: the API, three clients, a person, and a link for whoever shall own it.
# A job of compose.yaml, run at every `up`; what exists already is left alone.
set -eu

secrets=/run/secrets

# exists NOUN ID. Where the database cannot be reached the verb that makes it says so.
exists() { signet "$1" show "$2" >/dev/null 2>&1; }

api=http://localhost:8083
exists resource "$api" ||
    signet resource create --identifier "$api" --name 'Demo API' --scope notes.read notes.write >/dev/null

# Both apps are ours, so nobody is asked for consent. The address for logout tokens is the one Signet's nodes reach.
app() {
    exists client "$1" || signet client create --client-id "$1" --name "$2" --first-party --resource "$api" \
        --redirect-uri "http://localhost:$3/callback" --post-logout-redirect-uri "http://localhost:$3/signed-out" \
        --backchannel-logout-uri "http://proxy:$3/backchannel-logout" \
        --grant authorization_code --grant refresh_token \
        --scope "openid profile email offline_access $4" --secret-file "$secrets/$1" >/dev/null
}
app notes Notes 8081 'notes.read notes.write'
app calendar Calendar 8082 notes.read
exists client demo-api || signet client create --client-id demo-api --name 'Demo API' --resource-server-of "$api" \
    --secret-file "$secrets/demo-api" >/dev/null

exists user alice || signet user create --username alice --email alice@example.org --email-verified \
    --name 'Alice Example' --given-name Alice --family-name Example --password-stdin <"$secrets/alice" >/dev/null

cat <<END

  Notes and Calendar   http://localhost:8081  http://localhost:8082
  Sign in as           alice, with the password in secrets/alice
  Account              http://localhost:8080/account
  Mail it sends        http://localhost:8025
  Prometheus, Grafana  http://localhost:9090  http://localhost:3000  (admin, secrets/grafana_password)

END
# There is no link to make once somebody owns the server: exit code 5.
if link=$(signet admin setup-link 2>/dev/null); then
    echo "  Nobody owns this server yet. Open this link once, within 60 minutes:"
    echo "    $link"
else
    [ $? -eq 5 ]
    echo "  Console              http://localhost:8080/admin"
fi
