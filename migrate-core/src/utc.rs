//! A moment in UTC, taken apart.

use std::fmt;

/// A moment in UTC, to the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Utc {
    /// Seconds since 1970.
    pub epoch: u64,
    /// The year.
    pub year: u64,
    /// The month, from 1.
    pub month: u64,
    /// The day of the month, from 1.
    pub day: u64,
    /// The hour, 0 to 23.
    pub hour: u64,
    /// The minute, 0 to 59.
    pub minute: u64,
    /// The second, 0 to 59.
    pub second: u64,
}

impl Utc {
    /// The moment so many seconds after the beginning of 1970.
    pub fn from_unix(epoch: u64) -> Self {
        let (days, seconds) = (epoch / 86_400, epoch % 86_400);
        // Years that begin in March put the leap day at their end; eras of 400 years are all alike.
        let shifted = days + 719_468;
        let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted_month = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
        let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
        let year = era * 400 + year_of_era + u64::from(month <= 2);
        let (hour, minute, second) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
        Self { epoch, year, month, day, hour, minute, second }
    }
}

impl Default for Utc {
    fn default() -> Self {
        Self::from_unix(0)
    }
}

/// `2026-11-21 00:32:10 UTC`.
impl fmt::Display for Utc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { year, month, day, hour, minute, second, .. } = self;
        write!(f, "{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02} UTC")
    }
}

#[cfg(test)]
mod tests {
    use super::Utc;

    #[test]
    fn dates() {
        let show = |epoch| Utc::from_unix(epoch).to_string();
        assert_eq!(show(0), "1970-01-01 00:00:00 UTC");
        assert_eq!(show(951_782_400), "2000-02-29 00:00:00 UTC");
        assert_eq!(show(1_795_220_730), "2026-11-21 00:25:30 UTC");
        assert_eq!(show(4_107_542_399), "2100-02-28 23:59:59 UTC");
        assert_eq!(show(4_107_542_400), "2100-03-01 00:00:00 UTC");
    }
}
