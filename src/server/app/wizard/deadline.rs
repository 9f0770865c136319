//! How long one page may wait for Jira, over all the questions that it asks.
//!
//! A Jira that is only slow would otherwise take its time for each of them. What is not answered by
//! the end is left out and named.

use std::{
    future::Future,
    time::{Duration, Instant},
};

/// The end of one page's patience. Every question takes from the same time.
#[derive(Clone, Copy, Debug)]
pub struct Deadline {
    at: Instant,
    limit: Duration,
}

impl Deadline {
    /// Starts to run.
    pub fn start(limit: Duration) -> Self {
        Self {
            at: Instant::now() + limit,
            limit,
        }
    }

    /// The whole time there was.
    pub fn limit(self) -> Duration {
        self.limit
    }

    /// What is left of it.
    pub fn left(self) -> Duration {
        self.at.saturating_duration_since(Instant::now())
    }

    /// The answer, unless it is late; `most` keeps a single question from taking all that is left.
    pub async fn within<T>(self, most: Duration, question: impl Future<Output = T>) -> Option<T> {
        tokio::time::timeout(self.left().min(most), question).await.ok()
    }

    /// The answer, unless it is late.
    pub async fn wait<T>(self, question: impl Future<Output = T>) -> Option<T> {
        self.within(self.limit, question).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn questions_share_one_time() {
        let over = Deadline::start(Duration::ZERO);
        assert_eq!(over.left(), Duration::ZERO);
        assert_eq!(over.wait(std::future::pending::<u8>()).await, None);
        let long = Deadline::start(Duration::from_mins(1));
        assert!(long.left() <= long.limit());
        assert_eq!(long.wait(std::future::ready(7)).await, Some(7));
        assert_eq!(
            long.within(Duration::ZERO, std::future::pending::<u8>()).await,
            None
        );
    }
}
