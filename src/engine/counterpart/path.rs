//! Paths below a counterpart, and the patterns with which cases name them.
//! A pattern is a path in which `*` stands for one segment, whatever it is.

/// Whether a path with query fits a pattern; what follows `?` is not compared.
#[must_use]
pub fn fits(pattern: &str, below: &str) -> bool {
    let path = below.split('?').next().unwrap_or_default();
    let mut wanted = pattern.trim_start_matches('/').split('/');
    let mut given = path.trim_start_matches('/').split('/');
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return true,
            (Some("*"), Some(segment)) if !segment.is_empty() => {}
            (Some(want), Some(segment)) if want == segment => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_one_segment_and_a_query_is_none() {
        assert!(fits("/Task/*", "/Task/7?x=1") && fits("/*", "/7") && fits("/", "") && fits("/", "/?a=b"));
        assert!(!fits("/*", "/") && !fits("/*", "/7/8") && !fits("/Task/7", "/Task/8") && !fits("/Task", "/Task/7"));
    }
}
