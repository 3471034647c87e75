//! The tables of docs/configuration.md, made from the table of keys. A test keeps the page true.

use super::keys::{Key, Offer, Row, Takes};

/// Every key that does something: name, default, when a change is taken, meaning.
fn keys() -> String {
    let rows = rows(|row| !does_nothing_yet(row)).map(|row| {
        let mut about = row.about.trim_end_matches('.').to_owned();
        if let Offer::Words { now, .. } = row.offer {
            about = format!("{about}. There are {}", quoted(now));
        }
        let takes = match row.takes {
            Takes::Reload => "reload",
            Takes::Restart => "restart",
        };
        format!(
            "| `{}` | {} | {takes} | {} |\n",
            row.path,
            default(row),
            about.replace('|', "\\|")
        )
    });
    format!(
        "| key | default | taken at | meaning |\n|---|---|---|---|\n{}",
        rows.collect::<String>()
    )
}

/// Every key that is known and waits for its work.
fn later() -> String {
    let rows = rows(does_nothing_yet).map(|row| {
        let todo = match row.offer {
            Offer::DefaultOnly(todo) => todo,
            Offer::Words { .. } | Offer::Any => "",
        };
        let about = row.about.trim_end_matches('.');
        let shown = format!("`{}`", row.preset.as_written());
        format!("| `{}` | {shown} | {about} | {todo} |\n", row.path)
    });
    let heading = "| key | accepted now | meaning | until then |\n|---|---|---|---|\n";
    format!("{heading}{}", rows.collect::<String>())
}

fn rows(wanted: impl Fn(&Row) -> bool) -> impl Iterator<Item = &'static Row> {
    Key::ALL
        .iter()
        .map(|key| key.row())
        .filter(move |row| wanted(row))
}

/// Whether only one value is taken.
fn does_nothing_yet(row: &Row) -> bool {
    match row.offer {
        Offer::Any => false,
        Offer::DefaultOnly(_) => true,
        Offer::Words { now, .. } => now.len() == 1,
    }
}

fn default(row: &Row) -> String {
    match row.path {
        "issuer" => "required".to_owned(),
        _ => format!("`{}`", row.preset.as_written()),
    }
}

fn quoted(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("`{word}`")).collect();
    quoted.join(", ")
}

/// `page` with what stands between the marks of each table made anew.
fn renewed(page: &str) -> String {
    let mut page = page.to_owned();
    for (name, table) in [("keys", keys()), ("later", later())] {
        let (begin, end) = (
            format!("<!-- {name}: made from the code -->\n"),
            format!("<!-- end of {name} -->"),
        );
        let from = page.find(&begin).unwrap() + begin.len();
        let to = from + page[from..].find(&end).unwrap();
        page.replace_range(from..to, &table);
    }
    page
}

/// `UPDATE_DOCS=1 cargo test -p server` writes the page anew.
#[test]
fn the_page_is_up_to_date() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/configuration.md");
    let page = std::fs::read_to_string(&path).unwrap();
    let renewed = renewed(&page);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, renewed).unwrap();
        return;
    }
    assert!(
        page == renewed,
        "docs/configuration.md is behind the code; run `UPDATE_DOCS=1 cargo test -p server the_page_is_up_to_date`"
    );
}
