//! A section of a report as plain data: one program writes it as JSON, another shows it as HTML or Markdown.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use super::bars::{self, Axis, Row};
use super::table::Table;
use super::{escape, markdown, page};

/// A section.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// Its heading.
    pub title: String,
    /// What a short report shows.
    pub summary: Vec<Block>,
    /// What a long one shows below it.
    pub details: Vec<Block>,
}

/// A piece of a section.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Block {
    /// A heading below the section's.
    Heading(String),
    /// A table.
    Table(Table),
    /// A list of texts.
    List(Vec<String>),
    /// A picture; Markdown leaves it out.
    Bars(Bars),
}

/// A picture of bars with its caption.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Bars {
    /// Unique on the page, letters and dashes.
    pub id: String,
    /// For readers who hear the page.
    pub title: String,
    /// Below the picture.
    pub caption: String,
    /// The rows.
    pub rows: Vec<Row>,
    /// Behind them.
    pub axis: Axis,
}

/// Appends the whole section to a page.
pub fn html(body: &mut String, section: &Section) {
    page::heading(body, &section.title);
    for block in section.summary.iter().chain(&section.details) {
        match block {
            Block::Heading(text) => {
                let _ = writeln!(body, "<h3>{}</h3>", escape::html(text));
            }
            Block::Table(table) => page::table(body, table),
            Block::List(items) => page::list(body, items.iter().map(String::as_str)),
            Block::Bars(bars) => {
                let svg = bars::draw_on_axis(&escape::html(&bars.id), &bars.title, &bars.rows, &bars.axis);
                page::figure(body, &svg, &bars.caption);
            }
        }
    }
}

/// Summary and details in Markdown, without the title.
pub fn long(section: &Section) -> String {
    blocks(section.summary.iter().chain(&section.details))
}

/// The summary in Markdown, without the title.
pub fn short(section: &Section) -> String {
    blocks(section.summary.iter())
}

fn blocks<'a>(blocks: impl Iterator<Item = &'a Block>) -> String {
    let mut text = String::new();
    for block in blocks.filter(|block| !matches!(block, Block::Bars(_))) {
        if !text.is_empty() {
            text.push('\n');
        }
        match block {
            Block::Heading(heading) => {
                let _ = writeln!(text, "#### {}", escape::markdown(heading));
            }
            Block::Table(table) => markdown::table(&mut text, table),
            Block::List(items) => {
                for item in items {
                    let _ = writeln!(text, "- {}", escape::markdown(item));
                }
            }
            Block::Bars(_) => {}
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bars::Fill;
    use crate::table::cells;

    fn section() -> Section {
        let table = Table { heading: cells(&["what", "time"]), rows: vec![cells(&["a_b", "1 s"])] };
        let row = Row { name: "<a>".to_owned(), figure: "1 s".to_owned(), bars: vec![(Fill::Filled, 1.0)] };
        let bars = Bars {
            id: "times".to_owned(),
            title: "Times".to_owned(),
            caption: "In seconds.".to_owned(),
            rows: vec![row],
            axis: Axis::default(),
        };
        Section {
            title: "Others".to_owned(),
            summary: vec![Block::Bars(bars), Block::Table(table), Block::List(cells(&["measured <here>"]))],
            details: vec![Block::Heading("More".to_owned())],
        }
    }

    #[test]
    fn a_short_report_has_no_details() {
        let text = short(&section());
        assert_eq!(text, "| what | time |\n| :-- | --: |\n| a\\_b | 1 s |\n\n- measured &lt;here>\n");
        assert!(long(&section()).ends_with("\n#### More\n"));
    }

    #[test]
    fn a_page_shows_everything_and_names_are_only_text() {
        let mut body = String::new();
        html(&mut body, &section());
        for part in ["<h2>Others</h2>", "&lt;a&gt;", "<h3>More</h3>", "In seconds.", "measured &lt;here&gt;"] {
            assert!(body.contains(part), "{part} is missing in {body}");
        }
    }

    #[test]
    fn it_survives_json() {
        let json = serde_json::to_string(&section()).expect("plain data");
        assert_eq!(serde_json::from_str::<Section>(&json).expect("the same"), section());
    }
}
