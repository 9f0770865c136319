//! The phases that read Jira: releases, sprints, issues, and what the listing no longer shows.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use crate::{
    domain::{
        jira::{Board, Sprint},
        sync_status::{GoneReason, Phase},
        wizard::SprintSettings,
    },
    server::{
        jira::{ErrorClass, FieldIndex, FieldSelection, JiraError, MOST_IDS, PageGuard, PageToken},
        store::{self, mirror, plan},
        sync::{
            apply::{self, Dates},
            gather::{self, Alone, Gatherer},
            outcome::Stop,
            run::{Checkpoint, Run},
            snapshot::{self, ReadPage},
        },
    },
};

/// Work items kept aside that are asked for after the others of their page.
const MOST_SUSPECTS: i64 = 10_000;

impl Run<'_> {
    pub(super) async fn read_releases(&mut self) -> Result<(), Stop> {
        let (listing, whole) = self.client.read_releases(&self.project()?.id).await?;
        let mut tx = self.open().await?;
        apply::apply_releases(&mut tx, self.place(), &listing, whole).await?;
        self.commit(tx, Checkpoint::at(Phase::Sprints)).await
    }

    pub(super) async fn read_sprints(&mut self) -> Result<(), Stop> {
        let (listing, whole) = match &self.settings.board {
            Some(board) if self.settings.sprints_off_reason().is_none() => {
                match self.client.read_sprints(board).await {
                    Ok((listing, whole)) => (self.complete_sprints(board, listing).await?, whole),
                    Err(JiraError::NotFound { .. } | JiraError::Forbidden { .. }) => {
                        return Err(Stop::Refused(format!(
                            "The account of {} does not see the board {} any more. What was synced before is kept. Give it access to the board, or choose another one in step 1 and Proceed.",
                            self.target.connection_name, board.name
                        )));
                    }
                    Err(error) => return Err(error.into()),
                }
            }
            _ => (Vec::new(), true),
        };
        let closed_since = SprintSettings::closed_since(self.state.clock().now());
        let mut tx = self.open().await?;
        apply::apply_sprints(&mut tx, self.place(), &listing, closed_since, whole).await?;
        self.commit(tx, Checkpoint::at(Phase::Issues)).await
    }

    /// The sprints of a board, with those that its listing lost: it is paged by offset, and who deletes or
    /// closes a sprint meanwhile shifts the rest.
    async fn complete_sprints(&self, board: &Board, mut listing: Vec<Sprint>) -> Result<Vec<Sprint>, Stop> {
        let mut tx = self.state.database().read().await?;
        let known = plan::list_sprints(&mut tx, &self.target.configuration_id).await?;
        drop(tx);
        let of_board = |sprint: &Sprint| sprint.board_id == Some(board.id);
        for row in known {
            let lost = row.gone_at.is_none()
                && of_board(&row.sprint)
                && listing.iter().all(|sprint| sprint.id != row.sprint.id);
            if lost && let Some(sprint) = self.client.find_sprint(row.sprint.id).await?.filter(of_board) {
                listing.push(sprint);
            }
        }
        Ok(listing)
    }

    pub(super) async fn load_dates(&self) -> Result<Dates, Stop> {
        let mut tx = self.state.database().read().await?;
        let releases = plan::list_releases(&mut tx, &self.target.configuration_id).await?;
        let sprints = plan::list_sprints(&mut tx, &self.target.configuration_id).await?;
        Ok(Dates {
            releases: releases
                .into_iter()
                .filter(|row| row.gone_at.is_none())
                .map(|row| row.release)
                .collect(),
            sprints: sprints
                .into_iter()
                .filter(|row| row.gone_at.is_none())
                .map(|row| row.sprint)
                .collect(),
            zone: store::setting::find_time_zone(&mut tx).await?,
        })
    }

    pub(super) async fn read_issues(
        &mut self,
        index: &FieldIndex,
        fields: &FieldSelection,
        dates: &Dates,
    ) -> Result<(), Stop> {
        let Some(jql) = snapshot::issues_query(&self.settings) else {
            self.total = Some(0);
            return self.pass(Checkpoint::at(Phase::Missing)).await;
        };
        if self.total.is_none() {
            // Only the bar asks for it: a Jira that counts nothing can be read all the same.
            self.total = match self.client.count_issues(&jql).await {
                Ok(count) => Some(count.n),
                Err(error) if error.class() == ErrorClass::Transient => return Err(error.into()),
                Err(error) => {
                    tracing::info!(run.id = self.id, error = %error, "the issues could not be counted");
                    None
                }
            };
            self.pass(Checkpoint {
                page: self.checkpoint.page.clone(),
                ..Checkpoint::at(Phase::Issues)
            })
            .await?;
        }
        let mut page = self.checkpoint.page.clone();
        let mut resumed = page.is_some();
        let mut guard = PageGuard::default();
        loop {
            let mut read = match self.read_page(&jql, fields, index, page.clone()).await {
                // Jira forgets page tokens after a while: begin the listing anew.
                Err(Stop::Jira(
                    JiraError::BadRequest { .. } | JiraError::BadAnswer { what: "page token" },
                )) if resumed => {
                    resumed = false;
                    page = None;
                    guard = PageGuard::default();
                    continue;
                }
                read => read?,
            };
            resumed = false;
            let checkpoint = match &read.next {
                Some(next) => {
                    guard.accept(next)?;
                    Checkpoint {
                        page: Some(next.clone()),
                        ..Checkpoint::at(Phase::Issues)
                    }
                }
                None => Checkpoint::at(Phase::Missing),
            };
            self.confirm_older(&mut read, index, fields).await?;
            self.apply(&read, dates, checkpoint).await?;
            match read.next {
                Some(next) => page = Some(next),
                None => return Ok(()),
            }
        }
    }

    /// A page of the listing, read around an issue that spoils it.
    async fn read_page(
        &self,
        jql: &str,
        fields: &FieldSelection,
        index: &FieldIndex,
        page: Option<PageToken>,
    ) -> Result<ReadPage, Stop> {
        match snapshot::read_page(&self.client, jql, fields, index, page.clone()).await {
            Err(error) if gather::is_about_size_or_content(&error) => {
                tracing::info!(run.id = self.id, error = %error, "a page is read by its ids");
                let suspects = self.list_suspects().await?;
                let clock = self.state.clock();
                let read =
                    gather::read_page_by_ids(&self.client, jql, fields, index, clock, &suspects, page).await;
                Ok(read?)
            }
            read => Ok(read?),
        }
    }

    /// Work items that were kept aside.
    async fn list_suspects(&self) -> Result<BTreeSet<String>, Stop> {
        let mut tx = self.state.database().read().await?;
        let aside = mirror::list_quarantined(&mut tx, &self.target.configuration_id, MOST_SUSPECTS).await?;
        Ok(aside.into_iter().map(|row| row.jira_id).collect())
    }

    /// What the listing shows older than it is known may lag behind, or Jira was restored from a backup: it
    /// is read by its id. What this run has stored itself is newer for sure.
    async fn confirm_older(
        &self,
        read: &mut ReadPage,
        index: &FieldIndex,
        fields: &FieldSelection,
    ) -> Result<(), Stop> {
        let listed: BTreeMap<&String, Timestamp> = read
            .issues
            .iter()
            .filter(|pulled| !pulled.read_by_id)
            .map(|pulled| (&pulled.issue.id, pulled.issue.updated_at))
            .collect();
        let ids: Vec<String> = listed.keys().map(|id| (*id).clone()).collect();
        let mut tx = self.state.database().read().await?;
        let known = mirror::list_known(&mut tx, &self.target.configuration_id, &ids).await?;
        drop(tx);
        let older: Vec<String> = known
            .into_iter()
            .filter(|row| row.seen_run_id != self.mark)
            .map(|row| row.known)
            .filter(|known| {
                listed
                    .get(&known.jira_id)
                    .is_some_and(|at| *at < known.updated_at)
            })
            .map(|known| known.jira_id)
            .collect();
        if !older.is_empty() {
            let mut gatherer = Gatherer::new(&self.client, index, fields, self.state.clock());
            // What does not come back stays as the listing showed it.
            gatherer.gather(&older).await?;
            read.replace(gatherer.into_page());
        }
        Ok(())
    }

    async fn apply(&mut self, read: &ReadPage, dates: &Dates, checkpoint: Checkpoint) -> Result<(), Stop> {
        let mut tx = self.open().await?;
        let counts = apply::apply_page(&mut tx, self.place(), read, dates).await?;
        self.counts.add(counts);
        self.trace.sample(self.now(), self.counts.seen());
        self.commit(tx, checkpoint).await
    }

    /// The listing was complete: whatever it did not show is read by its ids, and what does not come
    /// back then is read once more alone before it is said to be gone.
    pub(super) async fn find_missing(
        &mut self,
        index: &FieldIndex,
        fields: &FieldSelection,
        dates: &Dates,
    ) -> Result<(), Stop> {
        loop {
            let after = self.checkpoint.after.clone();
            let mut tx = self.state.database().read().await?;
            let batch = i64::try_from(MOST_IDS).unwrap_or(i64::MAX);
            let unseen =
                mirror::list_unseen(&mut tx, &self.target.configuration_id, &self.mark, &after, batch)
                    .await?;
            drop(tx);
            let (unseen, keys): (Vec<String>, Vec<String>) = unseen.into_iter().unzip();
            let Some(last) = unseen.last().cloned() else {
                return self.pass(Checkpoint::at(Phase::Finish)).await;
            };
            let mut gatherer = Gatherer::new(&self.client, index, fields, self.state.clock());
            let gathered = gatherer.gather(&unseen).await?;
            let mut gone = Vec::new();
            // The key it was known by, for the one that is kept aside.
            let key = |jira_id: &String| {
                let at = unseen.iter().position(|id| id == jira_id);
                at.and_then(|at| keys.get(at)).map_or("", String::as_str)
            };
            for jira_id in &gathered.left {
                gatherer.set_aside(jira_id, key(jira_id));
            }
            for jira_id in &gathered.absent {
                match gatherer.ask_alone(jira_id, key(jira_id)).await? {
                    Alone::Read => {}
                    Alone::NotFound => gone.push((jira_id, GoneReason::Deleted)),
                    Alone::Forbidden => gone.push((jira_id, GoneReason::NotVisible)),
                }
            }
            if !gone.is_empty() {
                // The right may have been taken away in the middle: then not found means nothing.
                self.check_browse().await?;
            }
            let back = gatherer.into_page();
            self.apply_missing(&gone, &back, dates, last).await?;
        }
    }

    async fn apply_missing(
        &mut self,
        gone: &[(&String, GoneReason)],
        back: &ReadPage,
        dates: &Dates,
        last: String,
    ) -> Result<(), Stop> {
        let mut tx = self.open().await?;
        let now = self.now();
        for (jira_id, reason) in gone {
            self.counts.gone += u64::from(
                mirror::mark_gone(&mut tx, &self.target.configuration_id, jira_id, *reason, now).await?,
            );
        }
        let counts = apply::apply_page(&mut tx, self.place(), back, dates).await?;
        self.counts.add(counts);
        let checkpoint = Checkpoint {
            after: last,
            ..Checkpoint::at(Phase::Missing)
        };
        self.commit(tx, checkpoint).await
    }
}
