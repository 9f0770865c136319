//! A token bucket.

/// Tokens and when they were last counted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bucket {
    tokens: u32,
    /// Epoch milliseconds.
    filled: i64,
}

impl Bucket {
    /// A full bucket.
    pub(super) fn full(size: u32, now: i64) -> Self {
        Self {
            tokens: size,
            filled: now,
        }
    }

    /// Takes a token and gives how many are left; `None` when there was none.
    pub(super) fn take(&mut self, size: u32, fill: u32, interval_ms: i64, now: i64) -> Option<u32> {
        let rounds = (now - self.filled) / interval_ms;
        if rounds > 0 {
            let come = u32::try_from(rounds).unwrap_or(u32::MAX).saturating_mul(fill);
            self.tokens = self.tokens.saturating_add(come).min(size);
            self.filled += rounds * interval_ms;
        }
        self.tokens = self.tokens.checked_sub(1)?;
        Some(self.tokens)
    }

    /// Seconds until the next tokens come.
    pub(super) fn wait_seconds(&self, interval_ms: i64, now: i64) -> i64 {
        ((self.filled + interval_ms - now) + 999) / 1000
    }
}
