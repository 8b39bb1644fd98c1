//! What a profile says about one function: block counters and the values seen at its profiled sites.

/// The counts of one function, under its PGO name and the hash of its control flow graph.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FunctionRecord {
    /// The mangled name; functions with local linkage carry their code generation unit as a prefix.
    pub name: String,
    /// Hash of the control flow graph. Several versions of one function have the same name and different hashes.
    pub hash: u64,
    /// How often each instrumented block ran. Never empty in a profile that was read.
    pub counts: Vec<u64>,
    /// Condition coverage bits. IR-level profiles have none; kept so that nothing is lost.
    pub bitmap: Vec<u8>,
    /// The value sites by [`ValueKind`], in site order.
    pub value_sites: [Vec<ValueSite>; ValueKind::COUNT],
}

/// The values seen at one site, each with the number of times it was seen.
pub type ValueSite = Vec<ProfiledValue>;

/// A value seen at a profiled site.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ProfiledValue {
    /// A size in bytes, or the [`name_hash`](crate::name_hash()) of the function called (0 for one without a profile).
    pub value: u64,
    /// How often it was seen.
    pub count: u64,
}

/// What a value site watches. The numbers are LLVM's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ValueKind {
    /// Where an indirect call goes.
    IndirectCallTarget = 0,
    /// How many bytes a `memcpy`, `memmove`, `memset` or `memcmp` handles.
    MemorySize = 1,
    /// Which virtual table an object has (clang's C++ only).
    VirtualTable = 2,
}

impl ValueKind {
    /// How many kinds there are.
    pub const COUNT: usize = 3;
    /// All kinds, in the order of their numbers.
    pub const ALL: [Self; Self::COUNT] = [Self::IndirectCallTarget, Self::MemorySize, Self::VirtualTable];

    pub(crate) fn from_number(number: u32) -> Option<Self> {
        Self::ALL.get(number as usize).copied()
    }

    /// Whether the values are hashes of symbol names.
    pub(crate) fn names_a_symbol(self) -> bool {
        self != Self::MemorySize
    }

    /// LLVM's name of the kind, as the text format's comments show it.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::IndirectCallTarget => "IPVK_IndirectCallTarget",
            Self::MemorySize => "IPVK_MemOPSize",
            Self::VirtualTable => "IPVK_VTableTarget",
        }
    }
}

/// The largest count a block can have; the two numbers above it are pseudo counts.
pub(crate) const MAX_COUNT: u64 = u64::MAX - 2;

/// How many values of one site a merged profile keeps, most frequent first.
pub(crate) const MAX_VALUES_PER_SITE: usize = 255;

/// Marks, in place of a function's first count, a function known to be hot or warm without real counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PseudoCount {
    Hot,
    Warm,
}

impl FunctionRecord {
    /// A record without value sites.
    #[must_use]
    pub fn new(name: String, hash: u64, counts: Vec<u64>) -> Self {
        Self { name, hash, counts, bitmap: Vec::new(), value_sites: Default::default() }
    }

    /// The value sites of one kind.
    #[must_use]
    pub fn sites(&self, kind: ValueKind) -> &[ValueSite] {
        &self.value_sites[kind as usize]
    }

    /// Whether any of its blocks ran.
    #[must_use]
    pub fn is_covered(&self) -> bool {
        self.real_counts().iter().any(|count| *count > 0)
    }

    /// The largest of its block counts.
    #[must_use]
    pub fn max_count(&self) -> u64 {
        self.real_counts().iter().copied().max().unwrap_or(0)
    }

    /// Whether the record belongs to the second, context sensitive, round of instrumentation.
    #[must_use]
    pub fn is_context_sensitive(&self) -> bool {
        self.hash >> 60 & 1 == 1
    }

    /// The counts, or none where the first one is a pseudo count.
    #[must_use]
    pub fn real_counts(&self) -> &[u64] {
        if self.pseudo_count().is_some() { &[] } else { &self.counts }
    }

    pub(crate) fn pseudo_count(&self) -> Option<PseudoCount> {
        match self.counts.first() {
            Some(&u64::MAX) => Some(PseudoCount::Hot),
            Some(&count) if count == u64::MAX - 1 => Some(PseudoCount::Warm),
            _ => None,
        }
    }
}
