namespace Rearm.Streaming.Server.Catalogue;

/// <summary>What is known of a generation that is to be served.</summary>
/// <param name="Generation">The generation, loaded; null: it is not, or not yet.</param>
/// <param name="Problem">Why it can't be; with a generation, why that can't be loaded anew, so that it is as it was. Else empty.</param>
internal sealed record LoadResult(LoadedGeneration? Generation, string Problem)
{
    /// <summary>It is being loaded, or will be after another one.</summary>
    public static LoadResult Later { get; } = new(null, "");

    /// <summary>Whether it is <see cref="Later"/>.</summary>
    public bool IsLater => Generation is null && Problem.Length == 0;
}
