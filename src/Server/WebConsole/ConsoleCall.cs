namespace Rearm.Streaming.Server.WebConsole;

/// <summary>A call that the console may make of another service; there are no others.</summary>
/// <param name="Method">GET or POST.</param>
/// <param name="Path">Its path there, and below /console/api here.</param>
/// <param name="Service">Whose call it is.</param>
/// <param name="Patience">How long its answer is waited for.</param>
/// <param name="Parameters">What its query string may hold.</param>
/// <param name="HasBody">Whether JSON goes with it.</param>
internal sealed record ConsoleCall(string Method, string Path, ConsoleService Service, TimeSpan Patience, string[] Parameters, bool HasBody = false)
{
    // The GraphBuilder asks the broker for the end of each partition before it answers.
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(30);

    public static IReadOnlyList<ConsoleCall> All { get; } =
    [
        new("GET", "/v1/graphs/status", ConsoleService.GraphBuilder, Short, []),
        // A large snapshot is cut and written for minutes.
        new("POST", "/v1/graphs/snapshots", ConsoleService.GraphBuilder, TimeSpan.FromMinutes(10), []),
        new("GET", "/v1/training/status", ConsoleService.Trainer, Short, []),
        new("POST", "/v1/training/runs", ConsoleService.Trainer, Short, ["force"]),
        new("POST", "/v1/interactions", ConsoleService.Ingestor, Short, [], HasBody: true),
    ];
}
