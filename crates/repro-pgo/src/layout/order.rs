//! The list of functions, and the rule by which those of many runs become one.

/// Functions in the order in which they are to stand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    functions: Vec<String>,
}

impl Order {
    /// The functions of these names.
    pub fn new(functions: Vec<String>) -> Self {
        Self { functions }
    }

    /// Reads what [`Self::text`] wrote.
    pub fn read(text: &str) -> Self {
        Self { functions: text.lines().map(str::to_owned).collect() }
    }

    /// The names.
    pub fn functions(&self) -> impl Iterator<Item = &str> {
        self.functions.iter().map(String::as_str)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.functions.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.functions.is_empty()
    }

    /// One a line, as the linker reads it.
    pub fn text(&self) -> String {
        self.functions.iter().map(|name| format!("{name}\n")).collect()
    }
}

/// The functions of all `runs`, each once, where it first occurs: those of the first run in the order in which that executed
/// them, then what the second one adds, and so on. Runs are in the order of the plan: by CPU model, then by workload, then by
/// entry, each as declared.
pub fn merged(runs: &[Vec<usize>]) -> Vec<usize> {
    let mut seen = std::collections::BTreeSet::new();
    runs.iter().flatten().copied().filter(|function| seen.insert(*function)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_occurrence_counts() {
        assert_eq!(merged(&[vec![3, 1], vec![1, 2, 3], vec![4]]), [3, 1, 2, 4]);
    }

    #[test]
    fn a_list_is_read_as_it_was_written() {
        let order = Order::new(vec!["main".to_owned(), "_ZN1aE".to_owned()]);
        assert_eq!(Order::read(&order.text()), order);
    }
}
