//! No statement looks through a table that grows with people, clients or sessions: each finds its rows by an index. SQLite
//! is asked how it would go about every statement that the stories below bring about.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};
use diesel::sql_types::Text;
use diesel::{Connection as _, QueryableByName, RunQueryDsl as _, SqliteConnection, sql_query};
use kernel::{Clock as _, Policy, SystemClock};
use store::{Database, OpenMode};

use crate::actors::browser::param;
use crate::actors::{Attacker, Browser};
use crate::cast::PASSWORD;
use crate::rig::Provider;

type Statements = Arc<Mutex<BTreeSet<String>>>;

thread_local! {
    /// Where connections made by this thread write down what they are asked. Connections of other stories are not heard.
    static HEARD: RefCell<Option<Statements>> = const { RefCell::new(None) };
}

/// Tables whose size an operator chooses, which are read whole, and kept; and those that say what tables there are.
const SMALL: [&str; 6] = [
    "keys",
    "resources",
    "claim_scopes",
    "meta",
    "sqlite_master",
    "__diesel_schema_migrations",
];

/// Makes whoever connects from now on tell what is asked.
fn listen() -> Statements {
    let heard = Statements::default();
    HEARD.set(Some(heard.clone()));
    set_default_instrumentation(|| {
        let heard = HEARD.with_borrow(Clone::clone)?;
        let hear = move |event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::StartQuery { query, .. } = event {
                let text = query.to_string();
                let sql = text.split(" -- binds:").next().unwrap();
                heard.lock().unwrap().insert(sql.to_owned());
            }
        };
        Some(Box::new(hear) as Box<dyn Instrumentation>)
    })
    .unwrap();
    heard
}

/// Everything that happens often, and some of what happens seldom.
fn an_evening(provider: &Provider) {
    let attacker = Attacker(provider);
    let mut browser = Browser::new(provider);
    let url = attacker.authorize_url("web", &[]);
    let door = browser.open(&url).page();
    browser
        .submit(&door, &[("username", "alice"), ("password", "not this one")])
        .page();
    let code = param(&browser.sign_in(&url, "alice"), "code").unwrap();
    let tokens = attacker.redeem("web", &code);
    let refreshed = attacker.refresh("web", tokens.text("refresh_token"));
    for token in [refreshed.granted(), refreshed.text("refresh_token"), "unheard-of"] {
        attacker.introspect("web", token);
    }
    attacker.userinfo(refreshed.granted());
    attacker.refresh("web", "unheard-of");
    let asked = browser.open(&attacker.authorize_url("other", &[])).page();
    browser.submit(&asked, &[("decision", "allow")]).app();
    for page in ["/account", "/account/sessions", "/account/apps"] {
        browser.open(&provider.url(page)).page();
    }
    let forgotten = Browser::new(provider).open(&provider.url("/reset")).page();
    Browser::new(provider)
        .submit(&forgotten, &[("username", "alice")])
        .page();

    attacker.redeem("web", &code).refused("invalid_grant");
    attacker.revoke("web", refreshed.text("refresh_token"), &[]);
    let leaving = browser.open(&provider.url("/logout")).page();
    browser.submit(&leaving, &[]).page();
    let door = browser.open(&provider.url("/account/add")).page();
    browser
        .submit(&door, &[("username", "bob"), ("password", PASSWORD)])
        .page();
}

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

/// How SQLite would find the rows; it decides without looking at them, so an empty database tells it as well as a full one.
fn plan(conn: &mut SqliteConnection, statement: &str) -> Vec<String> {
    let steps: Vec<Step> = sql_query(format!("EXPLAIN QUERY PLAN {statement}"))
        .load(conn)
        .unwrap();
    steps.into_iter().map(|step| step.detail).collect()
}

/// The table a step looks through from one end to the other.
fn scanned(step: &str) -> Option<&str> {
    let table = step.strip_prefix("SCAN ")?.split(' ').next()?;
    (table != "CONSTANT" && !table.starts_with('(')).then_some(table)
}

/// The first rows in the order of an index, whatever they are: the walk ends with the last of them.
fn stops_early(statement: &str, steps: &[String]) -> bool {
    let sorts = steps.iter().any(|step| step.contains("TEMP B-TREE"));
    statement.contains(" LIMIT ") && !statement.contains(" WHERE ") && !sorts
}

#[test]
fn none_looks_through_what_grows() {
    let heard = listen();
    let provider = Provider::start();
    an_evening(&provider);
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("signet.db");
    let database = Database::open(&format!("sqlite://{}", file.display()), OpenMode::Create).unwrap();
    database.sweep(SystemClock.now(), &Policy::default()).unwrap();
    drop((provider, database));
    HEARD.set(None);

    let statements = heard.lock().unwrap().clone();
    // What diesel makes of an empty list of ids: SQLite sees that it is about nothing.
    let about_nothing = "(1=0)";
    let planned = |statement: &&String| {
        !statement.contains(about_nothing)
            && ["SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE"]
                .iter()
                .any(|verb| statement.starts_with(verb))
    };
    let mut conn = SqliteConnection::establish(file.to_str().unwrap()).unwrap();
    let (mut looked_at, mut slow) = (0, Vec::new());
    for statement in statements.iter().filter(planned) {
        looked_at += 1;
        let steps = plan(&mut conn, statement);
        let mut scans = steps.iter().filter_map(|step| scanned(step));
        if scans.any(|table| !SMALL.contains(&table)) && !stops_early(statement, &steps) {
            slow.push((statement, steps));
        }
    }
    assert!(slow.is_empty(), "{slow:#?}");
    assert!(looked_at > 60, "only {looked_at} statements were heard");
}
