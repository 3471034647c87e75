"""An app on Authlib's Flask integration: discovery, code with PKCE, userinfo, refreshing by itself, logout."""

import os

from authlib.integrations.flask_client import OAuth
from flask import Flask, jsonify, redirect, session, url_for

app = Flask(__name__)
app.config.update(SECRET_KEY="a secret of the app", SESSION_COOKIE_NAME="authlib")

# Tokens stay with the app; the browser's cookie only names whose they are.
tokens = {}


def update_token(name, token, refresh_token=None, access_token=None):
    tokens[session["user"]["sub"]].update(token)


oauth = OAuth(app, update_token=update_token)
oauth.register(
    name="signet",
    server_metadata_url=os.environ["ISSUER"] + "/.well-known/openid-configuration",
    client_id=os.environ["CLIENT_ID"],
    client_secret=os.environ["CLIENT_SECRET"],
    client_kwargs={"scope": "openid profile email groups offline_access", "code_challenge_method": "S256"},
)


@app.route("/")
def home():
    return jsonify(user=session.get("user"))


@app.route("/login")
def login():
    return oauth.signet.authorize_redirect(url_for("callback", _external=True))


@app.route("/callback")
def callback():
    token = oauth.signet.authorize_access_token()
    session["user"] = oauth.signet.userinfo(token=token)
    tokens[token["userinfo"]["sub"]] = token
    return redirect("/")


@app.route("/refresh")
def refresh():
    """Asks userinfo with an access token the app believes to be expired: Authlib refreshes first."""
    before = dict(tokens[session["user"]["sub"]])
    user = oauth.signet.userinfo(token={**before, "expires_at": 1})
    after = tokens[session["user"]["sub"]]
    renewed = all(after[kind] != before[kind] for kind in ("access_token", "refresh_token"))
    return jsonify(user=user, renewed=renewed)


@app.route("/logout")
def logout():
    token = tokens.pop(session.pop("user")["sub"])
    return oauth.signet.logout_redirect(url_for("home", _external=True), id_token_hint=token["id_token"])


if __name__ == "__main__":
    app.run(host="localhost", port=int(os.environ["PORT"]))
