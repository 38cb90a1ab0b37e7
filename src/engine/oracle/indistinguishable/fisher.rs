//! Fisher's exact test on a 2×2 table: how surprising a difference between two counts is.
//! Exact at any size, so that thirty answers of each class need no approximation.

/// The test, with the logarithms of factorials that it needs.
pub struct Fisher {
    ln_factorial: Vec<f64>,
}

impl Fisher {
    /// For tables of at most this many observations in all.
    pub fn up_to(most: usize) -> Self {
        let mut sum = 0.0;
        let mut ln_factorial = vec![0.0];
        for number in 1..=most {
            sum += f64::from(u32::try_from(number).unwrap_or(u32::MAX)).ln();
            ln_factorial.push(sum);
        }
        Self { ln_factorial }
    }

    /// The two-sided probability of a table at least as unlikely as `a` of `n` against `b` of `m`,
    /// if both were drawn from one population.
    pub fn p(&self, (a, n): (usize, usize), (b, m): (usize, usize)) -> f64 {
        let (drawn, all) = (a + b, n + m);
        if a * m == b * n || a > n || b > m {
            return 1.0;
        }
        let chance =
            |x: usize| (self.ln_choose(n, x) + self.ln_choose(m, drawn - x) - self.ln_choose(all, drawn)).exp();
        // A table that is as likely but for rounding counts as well.
        let limit = chance(a) * (1.0 + 1e-7);
        let sum: f64 = (drawn.saturating_sub(m)..=drawn.min(n)).map(chance).filter(|p| *p <= limit).sum();
        sum.min(1.0)
    }

    /// The smallest that [`Self::p`] can be for classes of these sizes.
    pub fn of_full_separation(&self, n: usize, m: usize) -> f64 {
        self.p((n, n), (0, m))
    }

    fn ln_choose(&self, n: usize, k: usize) -> f64 {
        let ln = |number: usize| self.ln_factorial.get(number).copied().unwrap_or(f64::NAN);
        ln(n) - ln(k) - ln(n.saturating_sub(k))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_close(one: f64, other: f64) -> bool {
        (one / other - 1.0).abs() < 1e-6
    }

    #[test]
    fn known_tables_have_their_known_probability() {
        let fisher = Fisher::up_to(60);
        // R: fisher.test(matrix(c(3,1,1,3),2)), c(10,2,3,15), c(1,9,11,3).
        assert!(is_close(fisher.p((3, 4), (1, 4)), 0.485_714_285_7));
        assert!(is_close(fisher.p((10, 12), (3, 18)), 0.000_536_724_11));
        assert!(is_close(fisher.p((1, 10), (11, 14)), 0.002_759_456_185));
        assert!(is_close(fisher.of_full_separation(30, 30), 1.691_123_11e-17));
    }

    #[test]
    fn no_difference_is_no_surprise() {
        let fisher = Fisher::up_to(60);
        for (a, b) in [(0, 0), (30, 30), (7, 7)] {
            assert!((fisher.p((a, 30), (b, 30)) - 1.0).abs() < f64::EPSILON);
        }
        assert!((fisher.p((0, 0), (3, 30)) - 1.0).abs() < f64::EPSILON);
        assert!(fisher.p((1, 30), (0, 30)) > 0.99);
    }

    #[test]
    fn eleven_of_each_cannot_reach_one_in_a_million_and_twelve_can() {
        let fisher = Fisher::up_to(24);
        assert!(fisher.of_full_separation(11, 11) > 1e-6);
        assert!(fisher.of_full_separation(12, 12) < 1e-6);
    }
}
