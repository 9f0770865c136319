-- A Jira project is linked once in a project. Where two drafts chose the same one at the same moment, the one that
-- is furthest (in force, then proceeded, then begun first) keeps it. A later one that was never proceeded loses its
-- choice and asks for a Jira project again; one that mirrors already is archived with the reason: its pages stay,
-- its work items are counted once again.
UPDATE configuration SET status = 'archived',
    status_reason = 'The same Jira project was linked to this project twice, so this integration was archived and the other one goes on.'
WHERE proceeded_version_id IS NOT NULL AND id IN (
    SELECT id FROM (
        SELECT id, ROW_NUMBER() OVER (
            PARTITION BY project_id, connection_id, jira_project_id
            ORDER BY CASE WHEN running_version_id IS NOT NULL THEN 0 WHEN proceeded_version_id IS NOT NULL THEN 1 ELSE 2 END,
                created_at, id) AS place
        FROM configuration WHERE jira_project_id IS NOT NULL AND status <> 'archived') ranked
    WHERE place > 1);
UPDATE configuration SET jira_project_id = NULL, jira_project_key = NULL, jira_project_name = NULL,
    draft = CASE WHEN json_valid(draft) THEN json_remove(draft, '$.project', '$.board') ELSE draft END
WHERE id IN (
    SELECT id FROM (
        SELECT id, ROW_NUMBER() OVER (
            PARTITION BY project_id, connection_id, jira_project_id
            ORDER BY CASE WHEN proceeded_version_id IS NOT NULL THEN 0 ELSE 1 END, created_at, id) AS place
        FROM configuration WHERE jira_project_id IS NOT NULL AND status <> 'archived') ranked
    WHERE place > 1);
CREATE UNIQUE INDEX configuration_linked_once ON configuration (project_id, connection_id, jira_project_id)
    WHERE status <> 'archived';
