//! Sprints: those of a board, and one alone.
//!
//! A board's list is paged by offset while teams move it, so a sprint can be missing from a listing that
//! looks whole. Whoever has to know asks for that one alone, with [`JiraClient::find_sprint`].

use super::client::JiraClient;
use super::error::JiraError;
use super::wire::{self, rows_and_whole};
use crate::domain::jira::{Board, BoardKind, Sprint};

impl JiraClient {
    /// Sprints of a board, closed ones included. A Kanban board has none and is not asked; a simple
    /// board without sprints answers 400, which is an empty list too.
    ///
    /// # Errors
    /// [`JiraError`].
    pub async fn list_sprints(&self, board: &Board) -> Result<Vec<Sprint>, JiraError> {
        Ok(self.read_sprints(board).await?.0)
    }

    /// As [`Self::list_sprints`], and whether every row could be read: only then is a sprint that is
    /// not among them gone.
    ///
    /// # Errors
    /// [`JiraError`].
    pub async fn read_sprints(&self, board: &Board) -> Result<(Vec<Sprint>, bool), JiraError> {
        if board.kind == BoardKind::Kanban {
            return Ok((Vec::new(), true));
        }
        let id = board.id.to_string();
        match self.list_agile(&["board", &id, "sprint"], &[]).await {
            Ok(items) => {
                let (found, whole) = rows_and_whole::<wire::Sprint>(items);
                Ok((found.into_iter().map(Into::into).collect(), whole))
            }
            Err(JiraError::BadRequest { .. }) if board.kind == BoardKind::Simple => Ok((Vec::new(), true)),
            Err(error) => Err(error),
        }
    }

    /// One sprint; `None` when it is gone or not visible.
    ///
    /// # Errors
    /// [`JiraError`].
    pub async fn find_sprint(&self, id: i64) -> Result<Option<Sprint>, JiraError> {
        match self.get_agile(&["sprint", &id.to_string()], &[]).await {
            Ok(value) => serde_json::from_value::<wire::Sprint>(value)
                .map(|sprint| Some(sprint.into()))
                .map_err(|_| JiraError::BadAnswer { what: "sprint" }),
            Err(JiraError::NotFound { .. } | JiraError::Forbidden { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
