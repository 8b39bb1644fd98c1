//! The frame of every HTML report: one self-contained page that loads nothing and runs nothing, for screens of any size,
//! dark or light, and for print.

use std::fmt::Write;

use super::escape::html as escape;
use super::table::Table;

const STYLE: &str = "\
:root { color-scheme: light dark; --text: #1a1a1a; --soft: #5c5c5c; --line: #c8c8c8; --page: #fff; --win: #0b5fa5; --same: #8a5a00; }
@media (prefers-color-scheme: dark) { :root { --text: #eee; --soft: #aaa; --line: #555; --page: #161616; --win: #6db8f2; --same: #e0b050; } }
@media print { :root { color-scheme: light; --text: #000; --soft: #333; --line: #aaa; --page: #fff; --win: #000; --same: #000; } }
body { font: 1rem/1.5 system-ui, sans-serif; color: var(--text); background: var(--page); margin: 0 auto; padding: 1rem; max-width: 76rem; overflow-wrap: anywhere; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; } h3 { font-size: 1rem; margin-top: 1.4rem; }
.verdict { border-left: .3rem solid var(--win); padding: .3rem .8rem; font-weight: 600; }
.table { overflow-x: auto; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
th:first-child, td:first-child { text-align: left; }
th:first-child, td:first-child { position: sticky; left: 0; background: var(--page); }
@media (max-width: 40rem) { td:first-child { white-space: normal; min-width: 8rem; max-width: 9rem; } }
.long td:first-child { white-space: normal; min-width: 11rem; max-width: none; }
svg { width: 100%; max-width: 36rem; height: auto; display: block; }
svg text { font: 13px system-ui, sans-serif; fill: var(--text); stroke: var(--page); stroke-width: 4px; stroke-linejoin: round; paint-order: stroke; } svg text.mean { font-weight: 700; } svg text.tick { font-size: 11px; fill: var(--soft); }
svg line { stroke-width: 2; } svg .grid { stroke: var(--line); stroke-width: 1; } svg .one { stroke: var(--text); stroke-width: 1; }
svg .limit { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 2 3; }
svg .candidate { stroke: var(--win); fill: var(--win); } svg .same { stroke: var(--same); stroke-dasharray: 5 3; } svg .mark { fill: var(--page); stroke-dasharray: none; stroke-width: 1.5; }
svg .bar { fill: var(--win); } svg .outline { fill: var(--page); stroke: var(--same); stroke-width: 1.5; } svg .hatched { fill: none; stroke: var(--soft); stroke-width: 1.5; stroke-dasharray: 4 3; } svg .cross { fill: none; stroke: var(--text); stroke-width: 2.5; } svg .curve { fill: none; stroke: var(--win); stroke-width: 2; } svg .point { fill: var(--win); }
figure { margin: 1rem 0; } figcaption, li, .facts { color: var(--soft); font-size: .9rem; }
@media print { body { max-width: none; padding: 0; } .table { overflow: visible; } table { font-size: .7rem; } th, td { padding: .2rem .3rem; white-space: normal; overflow-wrap: normal; } tr, figure { break-inside: avoid; } h2, h3 { break-after: avoid; } svg { max-width: 27rem; } }
";

/// The whole page: title and verdict, then `body`, which is HTML.
pub fn page(title: &str, verdict: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{0}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<h1>{0}</h1>\n<p class=\"verdict\">{1}</p>\n\
         {body}</body>\n</html>\n",
        escape(title),
        escape(verdict),
    )
}

/// A further verdict below the one of the page's head.
pub fn verdict(page: &mut String, verdict: &str) {
    let _ = writeln!(page, "<p class=\"verdict\">{}</p>", escape(verdict));
}

/// The title of a section.
pub fn heading(page: &mut String, title: &str) {
    let _ = writeln!(page, "<h2>{}</h2>", escape(title));
}

/// A picture with its caption, which is text.
pub fn figure(page: &mut String, svg: &str, caption: &str) {
    let _ = write!(page, "<figure>\n{svg}<figcaption>{}</figcaption>\n</figure>\n", escape(caption));
}

/// A list of texts.
pub fn list<'a>(page: &mut String, items: impl Iterator<Item = &'a str>) {
    page.push_str("<ul>\n");
    for item in items {
        let _ = writeln!(page, "<li>{}</li>", escape(item));
    }
    page.push_str("</ul>\n");
}

/// A table whose first column holds short names.
pub fn table(page: &mut String, table: &Table) {
    write_table(page, table, "table");
}

/// A table whose first column holds names that may be broken into lines.
pub fn table_of_long_names(page: &mut String, table: &Table) {
    write_table(page, table, "table long");
}

fn write_table(page: &mut String, table: &Table, class: &str) {
    let _ = write!(page, "<div class=\"{class}\"><table>\n<thead><tr>");
    for cell in &table.heading {
        let _ = write!(page, "<th scope=\"col\">{}</th>", escape(cell));
    }
    page.push_str("</tr></thead>\n<tbody>\n");
    for cells in &table.rows {
        page.push_str("<tr>");
        for (column, cell) in cells.iter().enumerate() {
            let text = if column == 0 { breakable(cell) } else { escape(cell) };
            let _ = write!(page, "<td>{text}</td>");
        }
        page.push_str("</tr>\n");
    }
    page.push_str("</tbody></table></div>\n");
}

/// A name that a narrow screen may break where its words end.
fn breakable(name: &str) -> String {
    escape(name).replace('_', "_<wbr>")
}
