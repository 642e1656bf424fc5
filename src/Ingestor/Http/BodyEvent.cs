using System.Text.Json;

namespace Rearm.Streaming.Ingestor.Http;

/// <summary>One event of a body, before it is known to be one.</summary>
/// <param name="Place">Where it is: "line 3", or "event 0" of an array.</param>
/// <param name="Json">Its JSON; undefined if there is a problem.</param>
/// <param name="Problem">Why it is not even JSON; null if it is.</param>
internal readonly record struct BodyEvent(string Place, JsonElement Json, string? Problem = null);
