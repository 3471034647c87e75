//! Rules about ready settings: what the console and `signet snippet` hand out stands in docs/connect word for word, so that
//! whoever mends one mends the other.

use admin::snippets::{self, Values};

use super::assert_kept;
use super::workspace::root;

#[test]
fn what_is_handed_out_stands_in_the_documents() {
    let mut broken = Vec::new();
    let mut looked_at = 0;
    // What is for everything else is a table there.
    for snippet in snippets::all().iter().filter(|snippet| snippet.name != "other") {
        let path = root().join("docs/connect").join(snippet.page);
        let page = std::fs::read_to_string(&path).unwrap_or_default();
        for part in snippet.filled(&Values::example(snippet)) {
            looked_at += 1;
            let block = format!("```{}\n{}\n", part.language, part.text);
            if !page.contains(&block) {
                let (page, place) = (snippet.page, part.place);
                broken.push(format!(
                    "docs/connect/{page} lacks what goes to {place}:\n{block}```"
                ));
            }
        }
    }
    assert!(looked_at > 20);
    assert_kept(&broken);
}

#[test]
fn every_page_about_an_app_is_handed_out() {
    let pages = std::fs::read_dir(root().join("docs/connect")).unwrap();
    let names = pages.map(|page| page.unwrap().file_name().into_string().unwrap());
    let missing = names.filter(|name| !snippets::all().iter().any(|snippet| snippet.page == name));
    assert_kept(
        &missing
            .map(|name| format!("docs/connect/{name} is no snippet's page"))
            .collect::<Vec<_>>(),
    );
}
