//! What a sample asks, block by block: how often everybody is asked about.
//! The recorder shuffles the asks of a block and sends them; the judge counts them again.

use crate::model::record::SampleClassName;

/// What a block of a sample asks of each request: of which class, and for the unknown the how manieth of them.
///
/// Block 0 comes before the comparison: from it on everybody compared was asked about before, in the block before.
#[must_use]
pub fn asks_of_block(block: u32, per_class: u32) -> Vec<(SampleClassName, u32)> {
    let mut asks = vec![(SampleClassName::Protected, block), (SampleClassName::Known, block)];
    asks.extend(block.checked_sub(1).map(|again| (SampleClassName::Unknown, again)));
    if block < per_class {
        asks.push((SampleClassName::Unknown, block));
    }
    asks
}

/// How often a sample asks one request.
#[must_use]
pub fn asks_of_sample(per_class: u32) -> usize {
    (0..=per_class).map(|block| asks_of_block(block, per_class).len()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_in_a_sample_is_asked_about_once_more_than_is_compared() {
        let asks: Vec<_> = (0..=3).flat_map(|block| asks_of_block(block, 3)).collect();
        let of = |wanted: SampleClassName| asks.iter().filter(move |(class, _)| *class == wanted).count();
        assert_eq!((of(SampleClassName::Protected), of(SampleClassName::Known)), (4, 4));
        let unknown = |turn| asks.iter().filter(|ask| **ask == (SampleClassName::Unknown, turn)).count();
        assert_eq!([0, 1, 2, 3].map(unknown), [2, 2, 2, 0]);
        assert_eq!(asks_of_sample(3), asks.len());
    }
}
