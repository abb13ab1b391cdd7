// The one request that any page of a report makes: to the review server that handed it out. A page for reading is made
// without this file.
"use strict";

async function askServer(wish) {
  const answer = await fetch("/api/review", {
    method: "POST", headers: { "content-type": "application/json", "x-beholder-token": review.token }, body: JSON.stringify(wish),
  });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
}
