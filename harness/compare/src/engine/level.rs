//! Which instructions the processor has, and the doors to the code that uses them.
//!
//! The kernels are written once, as plain loops over short arrays. Each door compiles them anew for one set of
//! instructions; without a door they use what every processor of the target has (SSE2 on x86-64, NEON on AArch64).
//! Nothing is fused or reordered on the way, so every level gives the same bits.

use std::ops::Range;

use super::{
    scan::{self, Limit, RowFound},
    slopes::{self, Tile},
};
use crate::grid::Grid;

/// A set of instructions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Level {
    /// What every processor of the target has.
    Plain,
    /// 128 bits, with the minima, maxima and blends that SSE2 lacks.
    #[cfg(target_arch = "x86_64")]
    Sse41(Proof),
    /// 256 bits.
    #[cfg(target_arch = "x86_64")]
    Avx2(Proof),
}

/// Held only by levels of which the processor was asked: the doors below rely on it.
#[cfg(target_arch = "x86_64")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Proof(());

impl Level {
    /// The widest that this processor has.
    pub(crate) fn best() -> Self {
        Self::available().last().copied().unwrap_or(Self::Plain)
    }

    /// All that this processor has, the widest last.
    pub(crate) fn available() -> &'static [Self] {
        #[cfg(target_arch = "x86_64")]
        {
            const ALL: [Level; 3] = [Level::Plain, Level::Sse41(Proof(())), Level::Avx2(Proof(()))];
            let sse41 = is_x86_feature_detected!("sse4.1");
            let avx2 = sse41 && is_x86_feature_detected!("avx2");
            &ALL[..1 + usize::from(sse41) + usize::from(avx2)]
        }
        #[cfg(not(target_arch = "x86_64"))]
        &[Self::Plain]
    }
}

/// Makes, for a kernel, the doors of every level and the function that picks one.
macro_rules! doors {
    ($(#[$doc:meta])* fn $name:ident($($arg:ident: $type:ty),* $(,)?) $(-> $result:ty)? = $kernel:path;) => {
        $(#[$doc])*
        pub(super) fn $name(level: Level, $($arg: $type),*) $(-> $result)? {
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "sse4.1")]
            fn sse41($($arg: $type),*) $(-> $result)? {
                $kernel($($arg),*)
            }
            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2")]
            fn avx2($($arg: $type),*) $(-> $result)? {
                $kernel($($arg),*)
            }
            match level {
                Level::Plain => $kernel($($arg),*),
                // SAFETY: the function is an ordinary one but for the instructions it is compiled to, and a level with
                // a proof is only handed out after the processor said that it has them.
                #[cfg(target_arch = "x86_64")]
                Level::Sse41(Proof(())) => unsafe { sse41($($arg),*) },
                // SAFETY: as above.
                #[cfg(target_arch = "x86_64")]
                Level::Avx2(Proof(())) => unsafe { avx2($($arg),*) },
            }
        }
    };
}

doors! {
    /// Marks the pixels of a row that lie beyond the limit, and the faint ones. `position` is the number of the row's first
    /// pixel.
    fn scan_row(a: &[u32], b: &[u32], position: usize, limit: &Limit, found: RowFound<'_>) = scan::row;
}

doors! {
    /// Fills a tile for these rows of 64 columns from `left` on; `false` when some pixel there is see-through.
    fn fill(tile: &mut Tile, a: &Grid<'_>, b: &Grid<'_>, left: usize, rows: Range<usize>) -> bool = slopes::fill;
}

doors! {
    /// Which of the pixels `asked` of a tile's row are smoothed edges.
    fn slopes(tile: &Tile, row: usize, asked: u64) -> u64 = slopes::row;
}
