//! That the style sheet's colours can be told apart (WCAG 2.2, 1.4.3 and 1.4.11), light and dark.

use super::STYLESHEET;

/// The relative luminance of `#rrggbb` (WCAG 2.2).
fn luminance(colour: &str) -> f64 {
    let channel = |at: usize| {
        let value =
            f64::from(u8::from_str_radix(&colour[at..at + 2], 16).expect("two hexadecimal digits")) / 255.0;
        if value <= 0.04045 {
            value / 12.92
        } else {
            ((value + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

/// A custom property's colours, light and dark.
fn colours(name: &str) -> [f64; 2] {
    let after = STYLESHEET
        .split_once(&format!("  --{name}: light-dark("))
        .expect("the property exists")
        .1;
    let pair = after.split_once(')').expect("a pair of colours").0;
    let (light, dark) = pair.split_once(", ").expect("two colours");
    [luminance(light), luminance(dark)]
}

#[test]
fn colours_can_be_told_apart() {
    let text = [
        ("ink", "paper"),
        ("ink", "sheet"),
        ("soft", "paper"),
        ("soft", "sheet"),
        ("accent", "sheet"),
    ];
    let buttons = [("on-accent", "accent"), ("on-accent", "accent-hover")];
    let edges = [
        ("edge", "sheet"),
        ("focus", "sheet"),
        ("warn", "sheet"),
        ("ok", "sheet"),
    ];
    let wanted = text
        .iter()
        .chain(&buttons)
        .map(|pair| (pair, 4.5))
        .chain(edges.iter().map(|pair| (pair, 3.0)));
    for ((front, back), least) in wanted {
        for (one, other) in colours(front).into_iter().zip(colours(back)) {
            let ratio = (one.max(other) + 0.05) / (one.min(other) + 0.05);
            assert!(ratio >= least, "{front} on {back}: {ratio:.2}");
        }
    }
}
