// Ask this server how a run sees a picture: see ui/use/look_routes.py.

async function askLooks(kind, run, sha, query, signal) {
  try {
    const asked = new URLSearchParams(query).toString();
    const answer = await fetch(`/poet/looks/${encodeURIComponent(run)}/${sha}/${kind}${asked && `?${asked}`}`, { signal });
    if (!answer.ok) return { error: (await answer.json()).error };
    return kind === "map" ? { blob: await answer.blob() } : await answer.json();
  } catch {
    return { error: "The server does not answer: is it still running?" };
  }
}
