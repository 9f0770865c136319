//! Mapping in the wizard: tables and their suggestions, what is said of them, and the preview of answers
//! that are not saved.

use traceline::server::{random, store::wizard_cache};

use crate::{
    harness::TestApp,
    wizard::{Stage, lead_to},
};

on_both! {
    async fn suggestions_are_shown_and_put_in_only_by_the_button(app: TestApp) {
        let stage = Stage::with_lists(app).await;
        let page = stage.open(&stage.page(4)).await;
        assert!(page.contains("Its work items get None. Suggested: High (same name)."), "{page}");
        assert!(!page.contains("Show only the"), "all are unmapped: {page}");
        assert!(page.contains("2 values have no mapping."), "{page}");
        stage.post(4, "save", &[("map.21", ""), ("map.22", ""), ("map_default", "medium")]).await;
        assert!(stage.settings().await.priorities.by_id.is_empty());
        assert!(stage.post(4, "accept_suggestions", &[("map.22", "low")]).await.ends_with("?done=accepted"));
        let settings = stage.settings().await;
        let codes: Vec<_> = settings.priorities.by_id.iter().map(|(id, value)| format!("{id}={value:?}")).collect();
        assert_eq!(codes, ["21=High", "22=Low"]);
        // Equal names are told apart, hostile ones are text, and a filtered page keeps the other rows.
        stage.post(5, "save", &[("shown", "1"), ("type.1", "on")]).await;
        let page = stage.open(&stage.page(5)).await;
        assert!(page.contains("id 11, used by Story") && page.contains("id 12, used by Story, Bug"), "{page}");
        assert!(!page.contains("</script><b>"), "{page}");
        stage.post(5, "save", &[("map.11", "in_progress")]).await;
        let page = stage.open(&format!("{}?show=unmapped", stage.page(5))).await;
        assert!(!page.contains("id 11,") && page.contains("id 12,"), "{page}");
        stage.post(5, "save", &[("map.12", "to_do")]).await;
        assert_eq!(stage.settings().await.requirement.statuses.by_id.len(), 2);
    }
}

on_both! {
    async fn types_are_suggested_and_the_only_board_is_preselected(app: TestApp) {
        let stage = Stage::with_lists(app).await;
        let page = stage.open(&stage.page(5)).await;
        assert!(page.contains("Suggested: Story."), "{page}");
        // Whose statuses are mapped is not known yet, so none is asked for or suggested.
        assert!(page.contains("Choose them above") && !page.contains("Review"), "{page}");
        let page = stage.open(&stage.page(6)).await;
        assert!(page.contains("Choose them above") && !page.contains("Review"), "{page}");
        assert!(stage.settings().await.requirement.type_ids.is_empty(), "nothing is chosen by itself");
        stage.post(5, "accept_suggestions", &[("shown", "1")]).await;
        assert!(stage.settings().await.requirement.type_ids.is_empty(), "the button of the tables is another");
        stage.post(5, "accept_suggestions.types", &[("shown", "1")]).await;
        assert_eq!(stage.settings().await.requirement.type_ids.into_iter().collect::<Vec<_>>(), ["1"]);
        assert!(!stage.open(&stage.page(5)).await.contains("Suggested: Story."));
        let chosen = |page: &str| page.split(r#"name="answers[board]" value="4""#).nth(1).unwrap().split('>').next().unwrap().contains("checked");
        assert!(chosen(&stage.open(&format!("{}?done=project", stage.page(1))).await));
        assert_eq!(stage.settings().await.board, None, "it is only offered");
        assert!(!chosen(&stage.open(&stage.page(1)).await), "who went on without a board is not asked again");
    }
}

on_both! {
    async fn what_a_mapping_rests_on_is_said(app: TestApp) {
        let stage = Stage::with_lists(app).await;
        stage.post(4, "save", &[("map.21", "high"), ("map.22", "low")]).await;
        let page = stage.open(&stage.page(4)).await;
        assert!(page.contains("Same name") && page.contains("Set by you"), "{page}");
        assert!(page.contains(">Not mapped<") && !page.contains("get None."), "{page}");
        lead_to(&stage, "https://jira.example:8443/jira", "nothing").await;
        for address in [stage.page(4), format!("/projects/{}/integrations", stage.project)] {
            let page = stage.open(&address).await;
            assert!(page.contains("jira.example:8443"), "two sites on one host are told apart: {page}");
        }
    }
}

on_both! {
    async fn a_button_accepts_the_suggestions_of_its_own_table(app: TestApp) {
        let stage = Stage::with_lists(app).await;
        let mut tx = stage.app.state.database().write().await.unwrap();
        let options = r#"[{"id": "41", "name": "Minor"}]"#;
        let kind = format!("options.customfield_1.{}", random::hash_token("2"));
        wizard_cache::save(&mut tx, &stage.configuration, &kind, "10000", options, stage.app.now()).await.unwrap();
        tx.commit().await.unwrap();
        let answers = [("shown", "1"), ("type.2", "on"), ("severity_field", "customfield_1")];
        stage.post(6, "save", &answers).await;
        let page = stage.open(&stage.page(6)).await;
        assert!(page.contains(r#"value="accept_suggestions.severity""#), "{page}");
        assert!(page.contains("Accept the severity suggestion") && page.contains("Accept the status suggestion"), "two buttons, two names: {page}");
        assert!(page.contains(r#"name="answers[severity.(empty)]""#), "bugs without a severity have a row: {page}");
        assert!(stage.post(6, "accept_suggestions.severity", &answers).await.ends_with("?done=accepted"));
        let bugs = stage.settings().await.bugs;
        assert_eq!(bugs.severities.by_id.len(), 1);
        assert!(bugs.statuses.by_id.is_empty() && bugs.resolutions.by_id.is_empty());
        stage.post(6, "save", &[("severity_field", "")]).await;
        let page = stage.open(&stage.page(6)).await;
        assert!(page.contains("No field is chosen") && !page.contains("Bug severity mapping"), "{page}");
    }
}

on_both! {
    async fn a_refresh_that_jira_does_not_answer_keeps_the_lists(app: TestApp) {
        let stage = Stage::with_lists(app).await;
        for pressed in ["refresh", "preview"] {
            let back = stage.post(4, pressed, &[("map.22", "low")]).await;
            assert!(back.contains("failed="), "{back}");
            let page = stage.open(&back).await;
            assert!(page.contains("Zebra") && page.contains("Your answers are kept."), "{page}");
        }
        assert_eq!(stage.settings().await.priorities.by_id.len(), 1, "what was typed is saved");
    }
}

on_both! {
    async fn what_would_come_of_answers_is_shown_and_not_saved(app: TestApp) {
        let stage = Stage::with_lists(app).await;
        let before = stage.row().await;
        let look = async |step: u8, answers: &[(&str, &str)]| {
            let mut query = url::form_urlencoded::Serializer::new(String::from("look=1"));
            for (name, value) in answers {
                query.append_pair(&format!("answers[{name}]"), value);
            }
            let address = format!("{}?{}", stage.page(step), query.finish());
            stage.open(&address).await
        };
        let page = look(4, &[("map.21", "high"), ("map.22", "low")]).await;
        assert!(page.contains("Every value is mapped.") && page.contains(r#"id="preview""#), "{page}");
        assert!(!page.contains(r#"<form id="wz""#), "what is only looked at cannot be sent: {page}");
        let page = look(4, &[("map.21", "high")]).await;
        assert!(page.contains("1 value has no mapping."), "{page}");
        let page = look(5, &[("shown", "1"), ("type.1", "on")]).await;
        assert!(page.contains("id 11, used by Story"), "the statuses of the ticked type: {page}");
        assert!(page.contains("Choose the types of bugs") && !page.contains("Choose the types of requirements"), "{page}");
        let page = look(2, &[("shown", "1"), ("pull_requirements", "on")]).await;
        assert!(page.contains("Turn on Bug mapping in step 2"), "the line of steps follows: {page}");
        assert_eq!(stage.row().await, before, "nothing is saved");
        assert!(stage.open(&stage.page(4)).await.contains("2 values have no mapping."));
    }
}

on_both! {
    async fn a_field_called_severity_is_suggested_and_chosen_by_the_button(app: TestApp) {
        let stage = Stage::with_lists(app).await;
        let page = stage.open(&stage.page(6)).await;
        assert!(page.contains("Suggested: Severity (customfield_1)."), "{page}");
        stage.post(6, "accept_suggestions", &[]).await;
        assert_eq!(stage.settings().await.bugs.severity_field, None, "the button of the tables is another");
        stage.post(6, "accept_suggestions.severity_field", &[("severity_field", "")]).await;
        assert_eq!(stage.settings().await.bugs.severity_field.as_deref(), Some("customfield_1"));
        assert!(!stage.open(&stage.page(6)).await.contains("Suggested: Severity"));
    }
}

on_both! {
    async fn bugs_that_are_over_and_would_look_open_are_told_before_proceed(app: TestApp) {
        let stage = Stage::with_lists(app).await;
        stage.post(5, "save", &[("shown", "1"), ("type.1", "on")]).await;
        let answers = [("shown", "1"), ("type.2", "on"), ("status_source", "resolution")];
        stage.post(6, "save", &answers).await;
        let page = stage.open(&stage.page(6)).await;
        assert!(page.contains("Bugs in Fixed will count as Open until this resolution is mapped."), "{page}");
        assert!(page.contains(r##"href="#resolution-31""##) && page.contains(r#"id="resolution-31""#), "with the way to the row: {page}");
        stage.post(6, "save", &[("resolution.31", "open")]).await;
        let page = stage.open(&stage.page(6)).await;
        assert!(!page.contains("will count as Open until"), "a person has said so: {page}");
        stage.post(6, "save", &[("resolution.31", "")]).await;
        assert!(stage.post(6, "proceed", &[]).await.ends_with("/sync?done=proceeded"), "it is told, not refused");
    }
}

on_both! {
    async fn the_empty_value_is_said_beside_the_mapped_ones(app: TestApp) {
        let stage = Stage::with_lists(app).await;
        let answers = [("shown", "1"), ("type.2", "on"), ("status_source", "resolution"), ("resolution.31", "resolved")];
        stage.post(6, "save", &answers).await;
        let page = stage.open(&stage.page(6)).await;
        assert!(page.contains("Every value of Jira is mapped.") && page.contains("Work items without one count as Open."), "{page}");
        stage.post(6, "save", &[("resolution.(empty)", "in_progress")]).await;
        let page = stage.open(&stage.page(6)).await;
        assert!(page.contains("Every value is mapped.") && !page.contains("Work items without one"), "{page}");
    }
}
