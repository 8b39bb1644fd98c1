//! Profiles and comparisons as one self-contained page.

use std::fmt::Write;

use render::escape::html as escape;
use render::{number, page};

use super::comparison::Comparison;
use super::load::Shown;
use super::tables::{self, Section};
use super::{plot, symbol};

/// How many functions get a bar.
const BARS: usize = 15;

/// The page of a profile. It names the file without its folders, which are nobody else's business.
pub fn profile(shown: &Shown) -> String {
    let overview = &shown.overview;
    let mut body = String::new();
    if !overview.hottest.is_empty() {
        body.push_str("<h2>Where the program spends its blocks</h2>\n");
        let bars = &overview.hottest[..overview.hottest.len().min(BARS)];
        page::figure(&mut body, &plot::hottest(bars), "Share of all block counts in each of the hottest functions.");
        let caption = "Share of all block counts that the hottest functions hold together. ● how many hold 50 %, 90 % and \
                       99 %; the axis of functions is logarithmic.";
        page::figure(&mut body, &plot::curve(&overview.cumulative), caption);
    }
    sections(&mut body, &tables::of_profile(shown));
    let mut facts = vec![
        format!("sha256 {}", shown.sha256),
        format!(
            "{} counts, {} in the largest block",
            number::count(overview.count),
            number::count(overview.largest_block)
        ),
        "Counts say how often instrumented blocks ran, not how long they took.".to_owned(),
        format!("The crate {} stands for C code and functions with a fixed name.", symbol::NO_CRATE),
    ];
    facts.extend(shown.notes.iter().cloned());
    list(&mut body, "About the figures", &facts);
    let name = shown.file.file_name().unwrap_or_default().to_string_lossy();
    page::page(&format!("Profile: {name}"), &overview.sentence(), &body)
}

/// The page of a comparison of the profiles called `names`.
pub fn comparison(names: [&str; 2], comparison: &Comparison, top: usize, demanded: Option<f64>) -> String {
    let mut body = String::new();
    if !comparison.moved.is_empty() {
        body.push_str("<h2>What moved</h2>\n");
        let bars = &comparison.moved[..comparison.moved.len().min(BARS)];
        let caption = "Share of all block counts. Outlined above: first profile. Filled below: second profile.";
        page::figure(&mut body, &plot::moved(bars), caption);
    }
    sections(&mut body, &tables::of_comparison(comparison, top));
    let mut facts = vec![
        format!("First profile: {}", names[0]),
        format!("Second profile: {}", names[1]),
        "Overlap by block: the sum over all blocks of the smaller of their two shares of the counts (llvm-profdata's edge \
         overlap)."
            .to_owned(),
    ];
    facts.extend(comparison.note());
    list(&mut body, "About the figures", &facts);
    page::page("Two profiles compared", &comparison.sentence(demanded), &body)
}

fn sections(body: &mut String, sections: &[Section]) {
    for section in sections {
        let _ = writeln!(body, "<h2>{}</h2>", escape(&section.title));
        if section.long_names {
            page::table_of_long_names(body, &section.table);
        } else {
            page::table(body, &section.table);
        }
    }
}

fn list(body: &mut String, title: &str, items: &[String]) {
    let _ = writeln!(body, "<h2>{}</h2>\n<ul>", escape(title));
    for item in items {
        let _ = writeln!(body, "<li>{}</li>", escape(item));
    }
    body.push_str("</ul>\n");
}
