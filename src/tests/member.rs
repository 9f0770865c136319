//! Projects and their members.

use reqwest::StatusCode;
use traceline::{
    domain::role::{AccountRole, ProjectRole},
    ui::paths,
};

use crate::harness::{TestApp, TestClient};

async fn roles_of(browser: &TestClient, project: &str, person: &str) -> Vec<String> {
    let members = browser.call("load_members", &[("project", project)]).await.json();
    let members = members["members"].as_array().unwrap().clone();
    members
        .iter()
        .find(|member| member["person_id"] == person)
        .map(|member| {
            member["roles"]
                .as_array()
                .unwrap()
                .iter()
                .map(|role| role.as_str().unwrap().to_owned())
                .collect()
        })
        .unwrap_or_default()
}

on_both! {
    async fn the_maker_of_a_project_is_its_admin(app: TestApp) {
        let ada = app.person("Ada", AccountRole::AccountAdmin).await;
        let admin = app.browser_of(&ada).await;
        let rockets = "\u{1F680}".repeat(50);
        for (name, message) in [
            ("", "The project name is empty"),
            (" \u{200B} ", "The project name is empty"),
            (&format!("{rockets}x"), "has 51 characters. The limit is 50; shorten it by 1."),
        ] {
            let fields = [("name", name), ("description", "kept description")];
            let answer = admin.post_form("/projects/new", "create_project", &fields).await;
            let page = admin.get(answer.location()).await;
            assert!(page.body.contains(message) && page.body.contains("kept description"), "{message}");
        }
        let made = admin.post_form("/projects/new", "create_project", &[("name", &rockets)]).await;
        let project = made.location().split('/').nth(2).unwrap().to_owned();
        let page = admin.get(made.location()).await;
        assert!(page.body.contains("You are its Project Admin") && page.body.contains(&rockets));
        assert_eq!(roles_of(&admin, &project, &ada).await, ["project_admin"]);
        assert!(admin.get("/").await.body.contains(&paths::project(&project)));
        let twice = admin.post_form("/projects/new", "create_project", &[("name", &rockets)]).await;
        assert!(admin.get(twice.location()).await.body.contains("A project with this name exists"));
    }
}

on_both! {
    async fn members_come_change_and_go(app: TestApp) {
        let ada = app.person("Ada", AccountRole::AccountAdmin).await;
        let ben = app.person("Ben", AccountRole::User).await;
        let cleo = app.person("Cleo", AccountRole::User).await;
        let project = app.project("Booking", &ada).await;
        let admin = app.browser_of(&ada).await;
        // The account role alone shows no plans but manages members, from the list of other projects.
        assert!(admin.get("/").await.body.contains(&paths::members(&project)));
        assert_eq!(admin.get(&paths::members(&project)).await.status, StatusCode::OK);
        let page = paths::members(&project);
        let add = [("project", project.as_str()), ("person", ben.as_str())];
        assert_eq!(admin.post_form(&page, "add_member", &add).await.location(), format!("{page}?done=added"));
        assert_eq!(roles_of(&admin, &project, &ben).await, ["tester"]);
        let twice = admin.post_form(&page, "add_member", &add).await;
        assert!(admin.get(twice.location()).await.body.contains("This person is a member already"));
        let lead = [add[0], add[1], ("project_admin", "on"), ("test_lead", "on")];
        assert_eq!(admin.call("save_member_roles", &lead).await.status, StatusCode::OK);
        assert_eq!(roles_of(&admin, &project, &ben).await, ["project_admin", "test_lead"]);

        // Ben manages the members now; the last Project Admin stays.
        let browser = app.browser_of(&ben).await;
        let none = browser.post_form(&page, "save_member_roles", &add).await;
        assert!(browser.get(none.location()).await.body.contains("Choose at least one role"));
        let less = [add[0], add[1], ("tester", "on")];
        assert_eq!(browser.call("save_member_roles", &less).await.status, StatusCode::CONFLICT);
        let asks = browser.get(&paths::member_remove(&project, &ben)).await.body;
        assert!(asks.contains("Leave Booking?") && asks.contains(&format!("href=\"{page}\"")), "{asks}");
        let gone = browser.post_form(&page, "remove_member", &add).await;
        assert!(browser.get(gone.location()).await.body.contains("is the last Project Admin"));
        let second = [("project", project.as_str()), ("person", cleo.as_str()), ("project_admin", "on")];
        assert_eq!(browser.call("add_member", &second).await.status, StatusCode::OK);
        // Each takes the other's role at once: one of them stays.
        let list = browser.get(&page).await.body;
        assert!(!list.contains("api/remove_member"), "the list only leads to the question");
        let asks = browser.get(&paths::member_remove(&project, &cleo)).await.body;
        assert!(asks.contains("Remove Cleo from Booking?") && asks.contains("api/remove_member"), "{asks}");
        let nobody = browser.get(&paths::member_remove(&project, "x")).await.body;
        assert!(nobody.contains("Add member"), "the list, where nobody is meant");
        let other = app.browser_of(&cleo).await;
        let demote = [("project", project.as_str()), ("person", cleo.as_str()), ("member", "on")];
        let (a, b) = futures::join!(browser.call("save_member_roles", &demote), other.call("save_member_roles", &less));
        let done = [a.status, b.status].iter().filter(|status| **status == StatusCode::OK).count();
        assert!(done >= 1, "{} {}", a.status, b.status);
        let left = [roles_of(&admin, &project, &ben).await, roles_of(&admin, &project, &cleo).await];
        let admins = left.iter().filter(|roles| roles.contains(&"project_admin".to_owned())).count();
        assert_eq!(admins, 1, "{left:?}");

        app.join(&project, &ada, ProjectRole::ProjectAdmin).await;
        for person in [&ben, &cleo] {
            let fields = [("project", project.as_str()), ("person", person.as_str())];
            assert_eq!(admin.call("remove_member", &fields).await.status, StatusCode::OK);
            assert_eq!(admin.call("remove_member", &fields).await.status, StatusCode::CONFLICT);
        }
        // Without a role the project does not exist for them, at the next request.
        assert_eq!(browser.get(&page).await.status, StatusCode::NOT_FOUND);
        for unknown in ["x", "0190b1b2-7c3d-7e4f-8a5b-6c7d8e9f0a1b"] {
            let fields = [("project", project.as_str()), ("person", unknown)];
            assert_eq!(admin.call("add_member", &fields).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        }
    }
}
