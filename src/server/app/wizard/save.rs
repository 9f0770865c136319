//! Saving a step.
//!
//! Jira is asked before the transaction begins. A save names the revision its editor saw; when
//! somebody else saved meanwhile nothing is written and the page says who and when.

use crate::{
    api::wizard::SAID,
    domain::{
        jira::Board,
        release_date::MAX_SOURCES,
        sync_status::ConfigurationStatus,
        wizard::Settings,
        wizard_change::ResetAnswer,
        wizard_check::{NOTHING_CHOSEN, check_save},
        wizard_steps::{StepId, off_reason},
    },
    server::{
        app::{
            calendar::Calendar,
            wizard::{
                answers::{Answers, put_in},
                deadline::Deadline,
                get_configuration,
                lists::{self, Silence, note_silence},
                parse_settings,
                pressed::{self, Way},
                proceed::{proceed, running_page, was_proceeded},
                settings_text, tables,
            },
        },
        auth::ProjectGuard,
        error::{Error, Result},
        jira::JiraError,
        request,
        store::{
            StoreError, Tx,
            configuration::{self, ConfigurationRow, DraftSave},
            project, wizard_cache,
        },
    },
};

/// Longest draft, in bytes of JSON: far above what 5,000 values need.
const MAX_DRAFT: usize = 512 * 1024;

/// Saves a step's answers and does what the pressed button says.
///
/// # Errors
/// Unknown configuration or step; a step that is off; answers that do not hold; a draft saved by
/// somebody else meanwhile; for Proceed also everything that is missing, named by step.
pub async fn save_step(
    guard: &ProjectGuard,
    configuration_id: &str,
    step: u8,
    revision: i64,
    pressed: &str,
    answers: &Answers,
) -> Result<()> {
    let address = if pressed == "proceed" {
        // Its own task: a browser that gives up waiting must not leave half of it undone.
        let (guard, id, answers) = (guard.clone(), configuration_id.to_owned(), answers.clone());
        tokio::spawn(async move { save_answers(&guard, &id, step, revision, "proceed", &answers).await })
            .await
            .map_err(|error| Error::Internal(format!("the task of Proceed: {error}")))??
    } else {
        save_answers(guard, configuration_id, step, revision, pressed, answers).await?
    };
    request::redirect(&address);
    Ok(())
}

/// Saves a step's answers; gives the address to go on to.
async fn save_answers(
    guard: &ProjectGuard,
    configuration_id: &str,
    step: u8,
    revision: i64,
    pressed: &str,
    answers: &Answers,
) -> Result<String> {
    let deadline = Deadline::start(guard.state().outbound().page_patience);
    let step = StepId::find_number(step).ok_or(Error::NotFound("step"))?;
    let mut tx = guard.state().database().read().await?;
    let row = get_configuration(&mut tx, guard, configuration_id).await?;
    let stored = parse_settings(&row.draft)?;
    if pressed == "proceed" {
        let mut again = stored.clone();
        put_in(&mut again, step, answers, None);
        if was_proceeded(&mut tx, guard, &row, revision, &again).await? {
            return Ok(running_page(guard, &row));
        }
    }
    check_open(&mut tx, guard, &row, revision).await?;
    drop(tx);
    check_answerable(&stored, step)?;
    let mut settings = stored.clone();
    let search = pressed::find_query(step, pressed, answers);
    // Who searches on has not decided yet, and another project takes answers away.
    let undecided = search.is_some() && settings.project.is_some();
    let lost = if step == StepId::Project && !undecided {
        choose_project(guard, &row, &mut settings, answers, deadline).await?
    } else {
        Vec::new()
    };
    let id_of = |settings: &Settings| settings.project.as_ref().map(|project| project.id.clone());
    let changed = id_of(&stored) != id_of(&settings);
    let boards = match answers.get("board") {
        Some(_) if step == StepId::Project && !changed && settings.project.is_some() => {
            list_boards(guard, &row, &settings, deadline).await?
        }
        _ => None,
    };
    put_in(&mut settings, step, answers, boards.as_deref());
    move_source(&mut settings, answers, pressed);
    if let Some(table) = pressed::find_accepted(pressed) {
        let looked = Box::pin(lists::look(guard.state(), &row, &settings, deadline)).await?;
        tables::accept_suggestions(&mut settings, step, &looked.facts(), table);
    }
    check_goes_on(&settings, step, pressed)?;
    check_own_step(&settings, step)?;
    if pressed == "proceed" {
        return Box::pin(proceed(guard, &row, revision, step, settings, deadline)).await;
    }
    // Who only looks around has saved nothing: the draft stays the one of whoever saved it last.
    if settings != stored || !pressed::only_looks(pressed, search) {
        save(guard, &row, revision, step, &settings).await?;
    }
    if matches!(pressed, "preview" | "refresh") && settings.project.is_some() {
        refresh(guard, &row, &settings, deadline).await?;
    }
    let way = if changed && search.is_none() {
        find_way_after_project(guard, &row, &settings, pressed == "next", &lost, deadline).await?
    } else {
        pressed::find_way(step, pressed, search, &settings)
    };
    Ok(way.address(guard.project_id().as_str(), &row.id))
}

/// Whether a step takes answers now: not before a project is chosen, and not while it is off.
fn check_answerable(settings: &Settings, step: StepId) -> Result<()> {
    if step != StepId::Project && settings.project.is_none() {
        return Err(Error::Conflict(
            "No Jira project is chosen yet. Choose one in step 1 first.".into(),
        ));
    }
    match off_reason(settings, step) {
        Some(reason) => Err(Error::Conflict(reason.to_owned())),
        None => Ok(()),
    }
}

/// What Next asks for beside what Save does: an answer without which no later step can be opened.
fn check_goes_on(settings: &Settings, step: StepId, pressed: &str) -> Result<()> {
    if pressed != "next" {
        return Ok(());
    }
    if settings.project.is_none() {
        return Err(Error::field("project", "Choose a Jira project to go on."));
    }
    if step == StepId::Features && !settings.pull_requirements && !settings.bug_mapping {
        return Err(Error::field("pull_requirements", NOTHING_CHOSEN));
    }
    Ok(())
}

/// The boards of the chosen project, if they were read.
async fn list_boards(
    guard: &ProjectGuard,
    row: &ConfigurationRow,
    settings: &Settings,
    deadline: Deadline,
) -> Result<Option<Vec<Board>>> {
    let looked = Box::pin(lists::look(guard.state(), row, settings, deadline)).await?;
    Ok(looked.lists.map(|lists| lists.boards))
}

/// Where another project leads: its boards can be offered only now, so step 1 stays open for them, unless
/// there is none to choose and nothing to be told.
async fn find_way_after_project(
    guard: &ProjectGuard,
    row: &ConfigurationRow,
    settings: &Settings,
    goes_on: bool,
    lost: &[ResetAnswer],
    deadline: Deadline,
) -> Result<Way> {
    if goes_on && lost.is_empty() {
        let boards = list_boards(guard, row, settings, deadline).await?;
        if boards.is_some_and(|boards| boards.is_empty()) {
            return Ok(pressed::find_way(StepId::Project, "next", None, settings));
        }
    }
    let done = if goes_on { "board" } else { "project" };
    Ok(Way {
        step: StepId::Project,
        query: format!("done={done}{}", reset_query(lost)),
        place: SAID.to_owned(),
    })
}

/// Asks Jira anew. Lists that it does not give stay as they were, and the page says so.
async fn refresh(
    guard: &ProjectGuard,
    row: &ConfigurationRow,
    settings: &Settings,
    deadline: Deadline,
) -> Result<()> {
    let looked = Box::pin(lists::look_now(guard.state(), row, settings, deadline)).await?;
    if let Some(problem) = looked.problem {
        return Err(Error::Jira(format!("{} {}", problem.title, problem.text)));
    }
    let mut tx = guard.state().database().write().await?;
    wizard_cache::delete_numbers(&mut tx, &row.id).await?;
    tx.commit().await?;
    Ok(())
}

fn reset_query(lost: &[ResetAnswer]) -> String {
    let codes: Vec<String> = ResetAnswer::ALL
        .iter()
        .enumerate()
        .filter(|(_, answer)| lost.contains(answer))
        .map(|(at, _)| at.to_string())
        .collect();
    if codes.is_empty() {
        String::new()
    } else {
        format!("&reset={}", codes.join("."))
    }
}

/// Whether the draft may be changed now, by someone who saw this revision.
pub(super) async fn check_open(
    tx: &mut Tx,
    guard: &ProjectGuard,
    row: &ConfigurationRow,
    revision: i64,
) -> Result<()> {
    if row.status == ConfigurationStatus::Archived.code() {
        return Err(Error::Conflict(
            "This configuration is archived, so it cannot be changed. Unarchive it first.".into(),
        ));
    }
    if row.draft_revision != revision {
        return Err(saved_meanwhile(tx, guard, row).await?);
    }
    Ok(())
}

/// The refusal to write over what somebody else saved.
pub(super) async fn saved_meanwhile(
    tx: &mut Tx,
    guard: &ProjectGuard,
    row: &ConfigurationRow,
) -> Result<Error> {
    let calendar = Calendar::load(tx, guard.viewer()).await?;
    let at = calendar.words_ms(row.draft_saved_at);
    Ok(Error::Conflict(format!(
        "{} changed this draft at {at}, after you opened it. Your answers of this step are below and not saved. Save again to put them over theirs, or open the step again to see theirs.",
        row.draft_saved_by
    )))
}

/// Takes over the posted Jira project; names the answers that another project takes away.
async fn choose_project(
    guard: &ProjectGuard,
    row: &ConfigurationRow,
    settings: &mut Settings,
    answers: &Answers,
    deadline: Deadline,
) -> Result<Vec<ResetAnswer>> {
    let Some(id) = answers
        .get("project")
        .map(|id| id.trim())
        .filter(|id| !id.is_empty())
    else {
        return Ok(Vec::new());
    };
    if settings.project.as_ref().is_some_and(|project| project.id == id) {
        return Ok(Vec::new());
    }
    if row.proceeded_version_id.is_some() {
        let key = row.jira_project_key.as_deref().unwrap_or("another Jira project");
        return Err(Error::field(
            "project",
            format!(
                "This configuration mirrors {key}. Begin a new configuration on the page Integrations to link another Jira project."
            ),
        ));
    }
    let mut tx = guard.state().database().read().await?;
    // Told before Jira is asked; what counts is the same question when the draft is written.
    let twin = configuration::find_twin(&mut tx, row, id).await?;
    drop(tx);
    if let Some(key) = twin {
        return Err(linked_already(&key, StepId::Project));
    }
    let open = match lists::open(guard.state(), row).await? {
        Ok(open) => open,
        Err(problem) => return Err(Error::Jira(format!("{} {}", problem.title, problem.text))),
    };
    let silence = match deadline.wait(open.client.get_project(id)).await {
        Some(Ok(project)) => return Ok(settings.change_project(project)),
        Some(Err(JiraError::NotFound { .. })) => {
            return Err(Error::field(
                "project",
                "This Jira project does not exist, or the connection may not browse it. Choose another one.",
            ));
        }
        Some(Err(error)) => Silence::Failed(error),
        None => Silence::Late,
    };
    let what = "the Jira project";
    let problem = note_silence(guard.state(), Some(&open.row), &silence, deadline, what, what).await?;
    Err(Error::Jira(format!("{} {}", problem.title, problem.text)))
}

/// The refusal to link a Jira project twice, at the step where it is told; it belongs to step 1.
fn linked_already(key: &str, told_at: StepId) -> Error {
    let key = if key.is_empty() { "This Jira project" } else { key };
    let field = match told_at {
        StepId::Project => "project",
        _ => "step1.project",
    };
    Error::field(
        field,
        format!("{key} is linked to this project already. Choose another one, or edit its configuration."),
    )
}

/// `up.N` and `down.N`: N is the place in the form, where places may be empty.
fn move_source(settings: &mut Settings, answers: &Answers, pressed: &str) {
    let Some((way, place)) = pressed.split_once('.') else {
        return;
    };
    let Ok(place) = place.parse::<usize>() else { return };
    if !(1..=MAX_SOURCES).contains(&place) || !matches!(way, "up" | "down") {
        return;
    }
    let filled = |place: &usize| {
        answers
            .get(&format!("source{place}"))
            .is_some_and(|code| !code.is_empty())
    };
    settings.move_date_source((1..place).filter(filled).count(), way == "up");
}

/// What Save asks for, of this step alone: an older mistake elsewhere must not hold it up.
fn check_own_step(settings: &Settings, step: StepId) -> Result<()> {
    let both = settings
        .requirement
        .type_ids
        .intersection(&settings.bugs.type_ids)
        .next()
        .is_some();
    if step == StepId::Requirements && both && settings.bug_mapping && settings.pull_requirements {
        return Err(Error::field(
            "requirement_types",
            "A work item type is chosen as a bug in step 6 and here. Take it off in one of the two.",
        ));
    }
    match check_save(settings) {
        Ok(()) => Ok(()),
        Err(errors) => errors
            .of(step)
            .map_or(Ok(()), |errors| Err(Error::Invalid(errors.clone()))),
    }
}

/// Writes the draft in a transaction of its own.
pub(super) async fn save(
    guard: &ProjectGuard,
    row: &ConfigurationRow,
    revision: i64,
    step: StepId,
    settings: &Settings,
) -> Result<()> {
    let draft = draft_text(settings)?;
    let mut tx = guard.state().database().write().await?;
    if !write_draft(&mut tx, guard, row, revision, step, settings, &draft).await? {
        let row = get_configuration(&mut tx, guard, &row.id).await?;
        return Err(saved_meanwhile(&mut tx, guard, &row).await?);
    }
    tx.commit().await?;
    Ok(())
}

/// Settings as the draft is stored.
pub(super) fn draft_text(settings: &Settings) -> Result<String> {
    let draft = settings_text(settings)?;
    if draft.len() > MAX_DRAFT {
        return Err(Error::Conflict(
            "The draft has too many mapped values to be kept. Nothing was saved.".into(),
        ));
    }
    Ok(draft)
}

/// Whether the draft was written: not when somebody else saved meanwhile. Its Jira project must not have been
/// linked by another configuration meanwhile; the lock of the project lets two that try wait for each other.
pub(super) async fn write_draft(
    tx: &mut Tx,
    guard: &ProjectGuard,
    row: &ConfigurationRow,
    revision: i64,
    step: StepId,
    settings: &Settings,
    draft: &str,
) -> Result<bool> {
    if let Some(chosen) = &settings.project {
        if !project::lock(tx, guard.project_id().as_str()).await? {
            return Err(Error::NotFound("project"));
        }
        if let Some(key) = configuration::find_twin(tx, row, &chosen.id).await? {
            return Err(linked_already(&key, step));
        }
    }
    let save = DraftSave {
        id: &row.id,
        revision,
        draft,
        step: i64::from(step.number()),
        project: settings
            .project
            .as_ref()
            .map(|project| (project.id.as_str(), project.key.as_str(), project.name.as_str())),
        saved_by: guard.viewer().name(),
        now: guard.state().clock().now_ms(),
    };
    match configuration::save_draft(tx, &save).await {
        Ok(saved) => Ok(saved.is_some()),
        Err(StoreError::AlreadyExists) => {
            Err(linked_already(save.project.map_or("", |(_, key, _)| key), step))
        }
        Err(error) => Err(error.into()),
    }
}
