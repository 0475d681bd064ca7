//! Durations as people write them: `500ms`, `60s`, `5m`, `1h`, or a bare number of seconds.

use std::time::Duration;

/// Reads a duration.
///
/// # Errors
///
/// - There is no number, or another unit than `ms`, `s`, `m`, `h`.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let unit_at = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(unit_at);
    let wrong = || format!("`{text}` is not a duration such as `500ms`, `60s` or `5m`");
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let millis_per_unit = match unit.trim_start() {
        "ms" => 1,
        "" | "s" | "sec" => 1_000,
        "m" | "min" => 60_000,
        "h" => 3_600_000,
        _ => return Err(wrong()),
    };
    number.checked_mul(millis_per_unit).map(Duration::from_millis).ok_or_else(wrong)
}

/// Writes a duration for a person: `14ms`, `3.2s`, `2m 5s`.
pub(crate) fn show(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0 => format!("{}ms", duration.as_millis()),
        1..60 => format!("{seconds}.{}s", duration.subsec_millis() / 100),
        60..3600 => format!("{}m {}s", seconds / 60, seconds % 60),
        _ => format!("{}h {}m", seconds / 3600, seconds / 60 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units() {
        let parsed = |text| parse(text).map(|duration| duration.as_millis()).ok();
        assert_eq!(
            ["60", "60s", "500ms", "5m", "5 min", "1h", " 2s "].map(parsed),
            [60_000, 60_000, 500, 300_000, 300_000, 3_600_000, 2_000].map(Some)
        );
        for wrong in ["", "s", "-1s", "1.5s", "5x", "99999999999999999999", "18446744073709551615h"] {
            assert_eq!(parsed(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn shown() {
        let shown = |millis| show(Duration::from_millis(millis));
        assert_eq!([0, 14, 3_250, 125_000, 3_725_000].map(shown), ["0ms", "14ms", "3.2s", "2m 5s", "1h 2m"]);
    }
}
