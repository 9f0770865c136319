//! The form turned to the other type of Jira, what Jira tells of the token, and the page of rights.

use traceline::sandbox::FaultRule;

use crate::connection::{Form, World};

with_jira! {
    async fn switching_the_type_keeps_what_was_typed_and_the_token_for_its_address(world: World) {
        let client = world.admin().await;
        let token = world.data_center().accounts[0].token.clone();
        let wrong = Form::data_center(world.data_center())
            .with("deployment", "cloud")
            .with("description", "Kept")
            .with("email", "ada@example.test");
        let page = wrong.post(&client, "/admin/integrations/new", "switch").await;
        let id = page.strip_prefix("/admin/integrations/new?test=").unwrap().to_owned();
        let shown = client.get(&page).await.body;
        for text in ["Switched to Jira Data Center.", "Terminal Jira", "Kept", "data-dirty", &world.data_center().url] {
            assert!(shown.contains(text), "{text} is missing in {shown}");
        }
        assert!(!shown.contains(&token) && !shown.contains("Tested with the values shown"), "{shown}");
        let kept = wrong.with("deployment", "data_center").with("token", "").with("kept", &id);
        let elsewhere = kept.clone().with("url", "http://127.0.0.1:1");
        let (status, text) = elsewhere.save(&client, "token").await;
        assert!(status == 422 && text.contains("Enter the token again"), "{status} {text}");
        assert_eq!(kept.save(&client, "token").await, (200, String::new()));
        let row = world.rows().await.remove(0);
        assert_eq!((row.deployment.as_str(), row.description.as_str()), ("data_center", "Kept"));
        // Nobody typed when the token ends: Jira told it.
        assert!(row.token_expires_on.is_some(), "{row:?}");

        // To Cloud the email comes last; the token waits for it, at its address alone.
        let wrong = Form::cloud(world.cloud()).with("deployment", "data_center").with("email", "");
        let page = wrong.post(&client, "/admin/integrations/new", "switch").await;
        let id = page.split('=').nth(1).unwrap().to_owned();
        let kept = Form::cloud(world.cloud()).with("token", "").with("kept", &id);
        assert_eq!(kept.save(&client, "token").await, (200, String::new()));
    }
}

with_jira! {
    async fn an_expired_token_is_told_by_its_date(world: World) {
        let client = world.admin().await;
        let erin = &world.data_center().accounts[4];
        assert!(erin.note.contains("expired"), "{erin:?}");
        let form = Form::data_center(world.data_center()).with("token", &erin.token);
        let outcome = |found: &serde_json::Value| found["report"]["checks"][5]["outcome"].clone();
        assert_eq!(outcome(&form.test(&client).await), "token_refused");
        let dated = form.with("token_expires", "2020-01-01");
        assert_eq!(outcome(&dated.test(&client).await), "token_expired");
    }
}

with_jira! {
    async fn rights_are_asked_anew_for_all_projects_or_for_one(world: World) {
        let client = world.admin().await;
        let quentin = &world.data_center().accounts[1];
        let form = Form::data_center(world.data_center()).with("token", &quentin.token);
        assert_eq!(form.save(&client, "name").await.0, 200);
        let id = world.rows().await.remove(0).id;
        let page = format!("/admin/integrations/{id}/rights");
        let shown = client.get(&page).await.body;
        for text in ["In at least one project", "Set up the webhook", "Grant Administer Jira in Jira."] {
            assert!(shown.contains(text), "{text} is missing in {shown}");
        }
        let found = client.call("load_connection_rights", &[("id", &id), ("project", ""), ("query", "trip")]).await.json();
        let project = found["hits"][0]["id"].as_str().unwrap().to_owned();
        assert_eq!(found["hits"][0]["key"], "TRIP");
        let site = world.sandbox.world();
        let site = site.data_center();
        let field = |id: &str| serde_json::json!({"fieldId": id, "required": true, "hasDefaultValue": false});
        let screen = serde_json::json!({
            "startAt": 0, "maxResults": 50, "total": 2, "isLast": true, "values": [field("duedate"), field("assignee")],
        });
        site.add_fault(FaultRule {
            path: "/rest/api/2/issue/createmeta/TRIP/issuetypes/".into(),
            json: Some(screen.to_string()),
            ..FaultRule::default()
        });
        let one = client.call("load_connection_rights", &[("id", &id), ("project", &project), ("query", "")]).await.json();
        let words = one["project"]["screens"][0].as_str().unwrap();
        assert!(
            words.ends_with("in TRIP require Assignee and Due date: Assign Issues and Schedule Issues are needed."),
            "{words}"
        );
        assert_eq!(one["features"][2]["works"], true, "{one}");
        site.clear_faults();
        let shown = client.get(&format!("{page}?project=999999")).await.body;
        assert!(shown.contains("Jira shows no such project to this account"), "{shown}");
        // A token that is refused is told, and the status follows.
        site.add_fault(FaultRule { status: Some(401), ..FaultRule::default() });
        let shown = client.get(&page).await.body;
        assert!(shown.contains("Not everything could be asked."), "{shown}");
        assert_eq!(world.rows().await[0].status, "error");
        site.clear_faults();
        assert_eq!(client.get("/admin/integrations/unknown/rights").await.status.as_u16(), 404);
        for _ in 0..60 {
            client.call("load_connection_rights", &[("id", &id), ("project", ""), ("query", "")]).await;
        }
        let answer = client.call("load_connection_rights", &[("id", &id), ("project", ""), ("query", "")]).await;
        assert_eq!(answer.status.as_u16(), 429);
    }
}
