//! Turning the addresses in value data into hashes of names, which stay the same from run to run.

use super::function::{FunctionData, VirtualTable};
use crate::record::ValueKind;
use crate::unstable_sort;

/// What lay where in the program's memory.
pub(super) struct Addresses {
    /// Start address and name hash, sorted by address.
    functions: Vec<(u64, u64)>,
    /// Start, end and name hash, sorted by start.
    virtual_tables: Vec<(u64, u64, u64)>,
}

impl Addresses {
    pub(super) fn new(functions: &[FunctionData], virtual_tables: &[VirtualTable]) -> Self {
        let known = functions.iter().filter(|function| function.address != 0);
        let mut functions: Vec<_> = known.map(|function| (function.address, function.name_hash)).collect();
        // Merged functions share an address under several names. Which of them counts is decided by LLVM's sort.
        unstable_sort::sort_by_key(&mut functions, |function| function.0);
        let known = virtual_tables.iter().filter(|table| table.address != 0);
        let mut virtual_tables: Vec<_> = known
            .map(|table| (table.address, table.address.saturating_add(u64::from(table.size)), table.name_hash))
            .collect();
        virtual_tables.sort_unstable();
        Self { functions, virtual_tables }
    }

    /// The value itself, or for an address the hash of the name it belongs to: 0 where no instrumented symbol lies there.
    pub(super) fn resolve(&self, kind: ValueKind, value: u64) -> u64 {
        match kind {
            ValueKind::IndirectCallTarget => self.function_at(value),
            ValueKind::MemorySize => value,
            ValueKind::VirtualTable => self.virtual_table_at(value),
        }
    }

    fn function_at(&self, address: u64) -> u64 {
        let index = self.functions.partition_point(|function| function.0 < address);
        self.functions.get(index).filter(|function| function.0 == address).map_or(0, |function| function.1)
    }

    fn virtual_table_at(&self, address: u64) -> u64 {
        let after = self.virtual_tables.partition_point(|table| table.0 <= address);
        let table = after.checked_sub(1).map(|index| self.virtual_tables[index]);
        table.filter(|table| address < table.1).map_or(0, |table| table.2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses() -> Addresses {
        Addresses { functions: vec![(100, 1), (100, 2), (200, 3)], virtual_tables: vec![(1000, 1040, 9)] }
    }

    #[test]
    fn a_call_target_is_the_function_that_starts_there() {
        let resolve = |address| addresses().resolve(ValueKind::IndirectCallTarget, address);
        assert_eq!([resolve(100), resolve(200), resolve(150), resolve(300)], [1, 3, 0, 0]);
    }

    #[test]
    fn a_virtual_table_is_known_by_any_address_inside() {
        let resolve = |address| addresses().resolve(ValueKind::VirtualTable, address);
        assert_eq!([resolve(1000), resolve(1039), resolve(1040), resolve(999)], [9, 9, 0, 0]);
    }

    #[test]
    fn a_size_stays_a_size() {
        assert_eq!(addresses().resolve(ValueKind::MemorySize, 100), 100);
    }
}
