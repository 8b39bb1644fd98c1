//! The tables of a small comparison, and its place in a document.

use super::*;
use crate::figures::tests_support::small_report;

#[test]
fn the_tables_of_a_small_comparison() {
    insta::assert_snapshot!(peers(&small_report()));
}

#[test]
fn tables_go_between_the_markers() {
    let document = format!("# A\n\n{BEGIN}\nold\n{END}\n\nafter\n");
    let new = updated(&document, "new\n").expect("markers are there");
    assert_eq!(new, format!("# A\n\n{BEGIN}\n\nnew\n\n{END}\n\nafter\n"));
    assert_eq!(updated(&new, "new"), Ok(new.clone()));
    for document in ["# A\n".to_owned(), BEGIN.to_owned(), format!("{END}\n{BEGIN}\n")] {
        assert_eq!(updated(&document, "new"), Err(NoMarkers));
    }
}
