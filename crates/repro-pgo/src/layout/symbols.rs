//! The functions of the twin by address.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use object::{Object, ObjectSegment, ObjectSymbol, SegmentFlags, SymbolKind};

use super::LayoutError;

/// One function.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Function {
    start: u64,
    size: u64,
    name: String,
}

/// The functions of a binary, by address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Functions {
    functions: Vec<Function>,
    /// Where its code starts: the first segment that can be executed.
    pub code: u64,
}

impl Functions {
    /// Reads the symbols of the binary at `path`.
    ///
    /// # Errors
    /// [`LayoutError::Unreadable`] where there are none.
    pub fn read(path: &Path) -> Result<Self, LayoutError> {
        let bytes = std::fs::read(path).map_err(LayoutError::file("cannot read", path))?;
        let refused = |problem: String| LayoutError::Unreadable { path: path.to_owned(), problem };
        let file = object::File::parse(&*bytes).map_err(|error| refused(error.to_string()))?;
        let functions = file.symbols().filter(|symbol| symbol.kind() == SymbolKind::Text && symbol.is_definition());
        let named = functions.filter_map(|symbol| Some((symbol.address(), symbol.size(), symbol.name().ok()?)));
        let executable = |segment: &object::Segment<'_, '_>| match segment.flags() {
            SegmentFlags::Elf { p_flags, .. } => p_flags.contains(object::elf::PF_X),
            _ => false,
        };
        let code = file.segments().filter(executable).map(|segment| segment.address()).min();
        let code = code.ok_or_else(|| refused("it has no code".to_owned()))?;
        let found = Self { functions: by_address(named.collect()), code };
        if found.functions.is_empty() { Err(refused("it has no function's name".to_owned())) } else { Ok(found) }
    }

    /// Those of these symbols: address, size and name.
    #[cfg(test)]
    pub(super) fn of(symbols: Vec<(u64, u64, &str)>, code: u64) -> Self {
        Self { functions: by_address(symbols), code }
    }

    /// The number of the function that holds `address`.
    pub fn at(&self, address: u64) -> Option<usize> {
        let index = self.functions.partition_point(|function| function.start <= address).checked_sub(1)?;
        let function = &self.functions[index];
        (function.size == 0 || address < function.start + function.size).then_some(index)
    }

    /// The name of the function of this number.
    pub fn name(&self, index: usize) -> &str {
        &self.functions[index].name
    }
}

/// One function an address. Of several names it gets the first that no other function has, so that a list of names is
/// understood by the linker as it is meant, and so that it does not depend on how the symbols are sorted.
fn by_address(symbols: Vec<(u64, u64, &str)>) -> Vec<Function> {
    let mut places: BTreeMap<&str, BTreeSet<u64>> = BTreeMap::new();
    let mut names: BTreeMap<u64, (u64, BTreeSet<&str>)> = BTreeMap::new();
    for (address, size, name) in symbols {
        places.entry(name).or_default().insert(address);
        let function = names.entry(address).or_default();
        function.0 = function.0.max(size);
        function.1.insert(name);
    }
    let function = |(start, (size, names)): (u64, (u64, BTreeSet<&str>))| {
        let own = names.iter().find(|name| places[**name].len() == 1).or(names.first())?;
        Some(Function { start, size, name: (*own).to_owned() })
    };
    names.into_iter().filter_map(function).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_its_own_is_preferred() {
        let symbols = vec![(0x10, 8, "alias"), (0x10, 8, "zebra"), (0x20, 8, "alias"), (0x30, 0, "open")];
        let functions = Functions::of(symbols, 0);
        let name = |address| functions.at(address).map(|index| functions.name(index));
        assert_eq!([name(0x10), name(0x17), name(0x18)], [Some("zebra"), Some("zebra"), None]);
        assert_eq!([name(0x20), name(0x31), name(0x0)], [Some("alias"), Some("open"), None]);
    }
}
