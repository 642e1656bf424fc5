namespace Rearm.Streaming.Testing;

/// <summary>Tells eng/test.sh which servers a run used: a line for each, in the file that REARM_TEST_FACTS names, if it names one.</summary>
internal static class RunFacts
{
    private static readonly string? File = Environment.GetEnvironmentVariable("REARM_TEST_FACTS");
    private static readonly Lock Writing = new();

    /// <param name="kind">What it is used as: "Kafka" or "Redis".</param>
    /// <param name="what">What it is, with its version.</param>
    public static void Used(string kind, string what)
    {
        if (string.IsNullOrEmpty(File))
            return;
        lock (Writing)
            System.IO.File.AppendAllText(File, $"{kind}\t{what}\n");
    }
}
