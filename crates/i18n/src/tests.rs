//! What holds for the messages of every language: nothing is missing, nothing is left over, nothing is markup.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use fluent_syntax::ast;

use super::*;

/// The messages of a language with the variables they name, read from its folder, so that a file nobody compiled in is
/// noticed too.
fn messages(language: Language) -> BTreeMap<String, BTreeSet<String>> {
    let folder: PathBuf = [env!("CARGO_MANIFEST_DIR"), "locales", language.tag()]
        .iter()
        .collect();
    let mut found = BTreeMap::new();
    for file in fs::read_dir(folder).expect("the folder of the language") {
        let path = file.expect("a file").path();
        let text = fs::read_to_string(&path).expect("text");
        let resource = fluent_syntax::parser::parse(text.as_str())
            .unwrap_or_else(|(_, faults)| panic!("{}: {faults:?}", path.display()));
        for entry in resource.body {
            match entry {
                ast::Entry::Message(message) => {
                    assert!(
                        message.attributes.is_empty(),
                        "{}: attributes are not said",
                        message.id.name
                    );
                    let mut names = BTreeSet::new();
                    collect(&message.value.expect("a value"), &mut names);
                    let twice = found.insert(message.id.name.to_owned(), names);
                    assert_eq!(twice, None, "{} twice in {}", message.id.name, language.tag());
                }
                ast::Entry::Comment(_) | ast::Entry::GroupComment(_) | ast::Entry::ResourceComment(_) => {}
                other => panic!("{}: {other:?}", path.display()),
            }
        }
    }
    found
}

fn collect(pattern: &ast::Pattern<&str>, names: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        match element {
            // What is between tags goes out as it is written.
            ast::PatternElement::TextElement { value } => {
                assert!(!value.contains(['<', '>', '&', '"']), "markup in {value:?}");
            }
            ast::PatternElement::Placeable { expression } => within(expression, names),
        }
    }
}

fn within(expression: &ast::Expression<&str>, names: &mut BTreeSet<String>) {
    let (selector, variants) = match expression {
        ast::Expression::Inline(inline) => (inline, &[][..]),
        ast::Expression::Select { selector, variants } => (selector, &variants[..]),
    };
    match selector {
        ast::InlineExpression::VariableReference { id } => names.insert(id.name.to_owned()),
        other => panic!("only variables stand in gaps: {other:?}"),
    };
    for variant in variants {
        collect(&variant.value, names);
    }
}

#[test]
fn every_language_says_the_same_with_the_same_gaps() {
    let english = messages(Language::English);
    assert!(english.len() > 150, "{}", english.len());
    for language in Language::ALL {
        assert_eq!(messages(language), english, "{}", language.tag());
    }
}

#[test]
fn every_message_is_compiled_in() {
    for language in Language::ALL {
        let words = Words::of(language);
        for (key, names) in messages(language) {
            let mut args = fluent_bundle::FluentArgs::new();
            for name in &names {
                args.set(name.clone(), 3);
            }
            assert!(words.fill(&key, &args).is_ok(), "{key} in {}", words.tag());
        }
    }
}

/// CLDR's categories: whoever counts in Arabic has six words where English has two.
#[test]
fn every_count_has_the_words_its_language_has_for_it() {
    let said = |language, count: u64| {
        "ago-days"
            .with("count", &count)
            .say(Words::of(language), Form::Text)
            .expect("said")
    };
    let forms = |language| {
        [0, 1, 2, 3, 11, 100].map(|count| said(language, count).replace(|c: char| c.is_ascii_digit(), ""))
    };
    let different = |language| BTreeSet::from(forms(language)).len();
    assert_eq!(different(Language::English), 2);
    assert_eq!(different(Language::German), 2);
    assert_eq!(different(Language::Arabic), 5);
    assert_eq!(said(Language::German, 3), "vor 3 Tagen");
    assert_eq!(said(Language::Arabic, 2), "منذ يومين");
}

#[test]
fn values_are_escaped_once_and_words_never() {
    let name = "<script>&";
    let message = "sign-in-app-asks".strong("app", &name);
    let words = Words::of(Language::English);
    assert_eq!(
        message.say(words, Form::Html).as_deref(),
        Ok("<strong><bdi>&#60;script&#62;&#38;</bdi></strong> asks you to confirm it is you.")
    );
    assert_eq!(
        message.say(words, Form::Text).as_deref(),
        Ok("<script>& asks you to confirm it is you.")
    );
}

#[test]
fn lists_and_dates_are_said_as_people_say_them() {
    let apps = ["Calendar", "Notes", "Tasks"];
    let say = |message: &dyn Sayable, language| message.say(Words::of(language), Form::Text).expect("said");
    let list = |count: usize, language| say(&"sessions-apps".with("apps", &&apps[..count]), language);
    assert_eq!(list(1, Language::English), "Used for Calendar");
    assert_eq!(list(3, Language::English), "Used for Calendar, Notes and Tasks");
    assert_eq!(list(2, Language::German), "Benutzt für Calendar und Notes");
    let date = Dated::new("2026-03-04T08:40:59Z");
    let said = |language| say(&"apps-allowed".with("when", &date), language);
    assert_eq!(said(Language::English), "Allowed 4 March 2026, 08:40 UTC");
    assert_eq!(said(Language::German), "Erlaubt 4. März 2026, 08:40 UTC");
    assert!(said(Language::Arabic).contains("4 مارس 2026، 08:40"));
}

#[test]
fn what_cannot_be_said_is_a_fault_and_no_hole() {
    let words = Words::of(Language::German);
    let fault = |message: &dyn Sayable| message.say(words, Form::Text).expect_err("not said").to_string();
    assert!(fault(&"nothing-of-the-kind").contains("nothing-of-the-kind"));
    assert!(fault(&"sign-in-to").contains("app"));
}

#[test]
fn tags_names_and_directions_differ_where_they_should() {
    let tags: BTreeSet<&str> = Language::ALL.map(Language::tag).into();
    let names: BTreeSet<&str> = Language::ALL.map(Language::name).into();
    assert_eq!(
        (tags.len(), names.len()),
        (Language::ALL.len(), Language::ALL.len())
    );
    for language in Language::ALL {
        assert_eq!(Language::of_tag(language.tag()), Some(language));
        assert_eq!(Words::of(language).direction(), language.direction());
    }
    assert_eq!(Words::of(Language::Arabic).direction().as_str(), "rtl");
}
