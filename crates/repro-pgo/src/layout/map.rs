//! lld's map file: which functions are in a binary, and whether they stand in the order that was asked for.

use std::collections::{BTreeMap, BTreeSet};

use super::order::Order;

/// The first words of lld's map.
const HEADING: [&str; 7] = ["VMA", "LMA", "Size", "Align", "Out", "In", "Symbol"];

/// A section of an object file in the binary.
#[derive(Debug, Default, PartialEq, Eq)]
struct Section<'a> {
    /// The place of the section of the binary that it is in.
    within: usize,
    symbols: Vec<&'a str>,
}

/// The sections of a binary with their symbols, by address.
#[derive(Debug, PartialEq, Eq)]
pub struct Map<'a> {
    sections: Vec<Section<'a>>,
}

/// Where an order was not followed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Broken {
    /// The function is not there.
    Missing(String),
    /// The first function stands before the second one, but comes after it in the order.
    Misplaced([String; 2]),
}

impl<'a> Map<'a> {
    /// Reads a map of lld's; `None` where it is another linker's.
    pub fn read(text: &'a str) -> Option<Self> {
        let mut lines = text.lines();
        if lines.next()?.split_whitespace().ne(HEADING) {
            return None;
        }
        let mut sections: Vec<Section<'a>> = Vec::new();
        let mut within = 0;
        for line in lines {
            let Some((depth, told)) = columns(line) else { continue };
            match depth {
                0 => within += 1,
                8 => sections.push(Section { within, symbols: Vec::new() }),
                _ => sections.last_mut()?.symbols.push(told),
            }
        }
        Some(Self { sections })
    }

    /// The names in it.
    pub fn symbols(&self) -> BTreeSet<&'a str> {
        self.sections.iter().flat_map(|section| section.symbols.iter().copied()).collect()
    }

    /// Looks whether every function of `order` is there, and the sections they are in stand in that order.
    ///
    /// A section goes where the earliest of its functions belongs, and those without one stand apart.
    ///
    /// # Errors
    /// The first thing that is not as it should be.
    pub fn follows(&self, order: &Order) -> Result<(), Broken> {
        let ranks: BTreeMap<&str, usize> = order.functions().enumerate().map(|(rank, name)| (name, rank)).collect();
        let present = self.symbols();
        if let Some(missing) = order.functions().find(|name| !present.contains(name)) {
            return Err(Broken::Missing(missing.to_owned()));
        }
        let rank = |section: &Section<'a>| {
            let ranked = section.symbols.iter().filter_map(|name| Some((*ranks.get(name)?, *name)));
            ranked.min().map(|(rank, name)| (section.within, rank, name))
        };
        let ranked: Vec<_> = self.sections.iter().filter_map(rank).collect();
        let wrong = ranked.windows(2).find(|pair| pair[0].0 == pair[1].0 && pair[0].1 > pair[1].1);
        wrong.map_or(Ok(()), |pair| Err(Broken::Misplaced([pair[0].2.to_owned(), pair[1].2.to_owned()])))
    }
}

/// What a line tells behind its four figures, and how deep it is indented there.
fn columns(line: &str) -> Option<(usize, &str)> {
    let mut rest = line;
    for _ in 0..4 {
        rest = rest.trim_start();
        let end = rest.find(' ')?;
        rest = &rest[end..];
    }
    let told = rest.get(1..)?;
    let name = told.trim_start();
    (!name.is_empty()).then_some((told.len() - name.len(), name))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAP: &str = "             VMA              LMA     Size Align Out     In      Symbol
             100              100       20     4 .text
             100              100       10     1         a.o:(.text.first)
             100              100       10     1                 first
             110              110       10    16         a.o:(.text)
             110              110        0     1                 alias
             110              110       10     1                 second
             200              200       20     4 .data
             200              200       10     1         a.o:(.data.first)
             200              200       10     1                 zeroth
";

    fn followed(functions: &[&str]) -> Result<(), Broken> {
        let order = Order::new(functions.iter().map(|name| (*name).to_owned()).collect());
        Map::read(MAP).expect("it is lld's").follows(&order)
    }

    #[test]
    fn an_order_is_followed_section_by_section() {
        assert_eq!(followed(&["first", "second"]), Ok(()));
        assert_eq!(followed(&["first", "second", "alias"]), Ok(()), "a section has one place");
        assert_eq!(followed(&["zeroth", "first"]), Ok(()), "each section of the binary has an order of its own");
    }

    #[test]
    fn what_is_misplaced_or_missing_is_named() {
        let misplaced = Broken::Misplaced(["first".to_owned(), "second".to_owned()]);
        assert_eq!(followed(&["second", "first"]), Err(misplaced));
        assert_eq!(followed(&["first", "third"]), Err(Broken::Missing("third".to_owned())));
    }

    #[test]
    fn another_linkers_map_is_none() {
        assert_eq!(Map::read("\nMemory Configuration\n\nName  Origin\n"), None);
    }
}
