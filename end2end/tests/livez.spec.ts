// The server that the tests share is alive and answers for itself.
import { expect, test } from "../support/test.ts";

test("the server says that it is alive", async ({ request }) => {
  const answer = await request.get("/livez");
  expect(answer.status()).toBe(200);
});
