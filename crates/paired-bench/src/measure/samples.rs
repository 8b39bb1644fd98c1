//! What interleaved sampling yields: every single run, and the log-ratios of an arm to the first one.

use serde::{Deserialize, Serialize};

use super::plan::Look;

/// Cost of one run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Wall time in nanoseconds.
    pub wall_ns: u64,
    /// User time in nanoseconds, as the kernel splits it.
    pub user_ns: u64,
    /// User and system time in nanoseconds.
    pub cpu_ns: u64,
    /// Peak resident set in bytes, from a run of its own; 0 where it could not be measured.
    pub max_rss_bytes: u64,
}

/// What is compared between two arms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Metric {
    /// Wall time.
    Wall,
    /// User and system time.
    Cpu,
}

impl Metric {
    /// The metric of a run in nanoseconds, at least one so that it has a logarithm.
    pub fn of(self, run: &Run) -> u64 {
        match self {
            Self::Wall => run.wall_ns.max(1),
            Self::Cpu => run.cpu_ns.max(1),
        }
    }
}

/// All arms on one case, out and back again (A B C C B A): what drifts steadily hits every arm alike.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Block {
    /// Round it belongs to.
    pub round: u32,
    /// Index of the case.
    pub case: u32,
    /// Both runs of each arm, in the order of the arms.
    pub runs: Vec<[Run; 2]>,
}

/// All runs of one measurement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct WallSamples {
    /// Names of the arms; the first is the reference of every ratio.
    pub arms: Vec<String>,
    /// Names of the cases.
    pub cases: Vec<String>,
    /// Memory layout of each round that was made.
    pub layout_of_round: Vec<u32>,
    /// Rounds that were planned.
    pub planned_rounds: u32,
    /// The planned looks, and how many were taken, the last one included.
    pub looks: Vec<Look>,
    /// Number of looks taken.
    pub looks_taken: usize,
    /// Share of the permitted error that the last look may spend.
    pub alpha_share: f64,
    /// CPU the runs were kept on.
    pub pinned_to: Option<u32>,
    /// The cases whose runs were not: they start threads, and their users have all processors.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub on_all_processors: Vec<String>,
    /// Every block, in the order measured.
    pub blocks: Vec<Block>,
}

impl WallSamples {
    /// Rounds made.
    pub fn rounds(&self) -> usize {
        self.layout_of_round.len()
    }

    /// Round and log-ratio of `arm` to the first arm, one for each block of `case`.
    pub fn log_ratios(&self, case: usize, arm: usize, metric: Metric) -> Vec<(u32, f64)> {
        let mean_log = |runs: &[Run; 2]| runs.iter().map(|run| (metric.of(run) as f64).ln()).sum::<f64>() / 2.0;
        self.blocks_of(case).map(|block| (block.round, mean_log(&block.runs[arm]) - mean_log(&block.runs[0]))).collect()
    }

    /// All runs of an arm on a case.
    pub fn runs(&self, case: usize, arm: usize) -> impl Iterator<Item = &Run> {
        self.blocks_of(case).flat_map(move |block| &block.runs[arm])
    }

    /// Median of the metric over all runs of an arm on a case, in nanoseconds; 0 where there is none.
    pub fn median_ns(&self, case: usize, arm: usize, metric: Metric) -> u64 {
        let mut values: Vec<u64> = self.runs(case, arm).map(|run| metric.of(run)).collect();
        values.sort_unstable();
        values.get(values.len() / 2).copied().unwrap_or(0)
    }

    fn blocks_of(&self, case: usize) -> impl Iterator<Item = &Block> {
        self.blocks.iter().filter(move |block| block.case as usize == case)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(wall_ns: u64) -> Run {
        Run { wall_ns, user_ns: 0, cpu_ns: 2 * wall_ns, max_rss_bytes: 1 }
    }

    fn samples(blocks: Vec<Block>) -> WallSamples {
        WallSamples {
            arms: vec!["baseline".into(), "candidate".into()],
            cases: vec!["one".into(), "two".into()],
            layout_of_round: vec![0],
            planned_rounds: 1,
            looks: vec![],
            looks_taken: 1,
            alpha_share: 1.0,
            pinned_to: None,
            on_all_processors: Vec::new(),
            blocks,
        }
    }

    #[test]
    fn log_ratio_is_of_geometric_means() {
        let block = Block { round: 3, case: 1, runs: vec![[run(100), run(400)], [run(50), run(200)]] };
        let samples = samples(vec![block]);
        let ratios = samples.log_ratios(1, 1, Metric::Wall);
        assert_eq!(ratios.len(), 1);
        assert!(ratios[0].0 == 3 && (ratios[0].1 - 0.5_f64.ln()).abs() < 1e-12);
        assert!(samples.log_ratios(0, 1, Metric::Wall).is_empty());
        assert_eq!(samples.median_ns(1, 0, Metric::Cpu), 800);
        assert_eq!(samples.median_ns(0, 0, Metric::Cpu), 0);
    }

    #[test]
    fn a_run_without_cpu_time_has_a_logarithm() {
        let nothing = Run { wall_ns: 5, user_ns: 0, cpu_ns: 0, max_rss_bytes: 0 };
        let block = Block { round: 0, case: 0, runs: vec![[nothing; 2], [nothing; 2]] };
        assert_eq!(samples(vec![block]).log_ratios(0, 1, Metric::Cpu), [(0, 0.0)]);
    }
}
