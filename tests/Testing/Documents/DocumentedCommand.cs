namespace Rearm.Streaming.Testing.Documents;

/// <summary>A command that a document shows.</summary>
/// <param name="Document">The document's path in the repository.</param>
/// <param name="Text">The command as it stands there, in one line where its lines are continued.</param>
/// <param name="InBlock">It stands in a block of code, to be copied; otherwise it is mentioned in a sentence.</param>
public sealed record DocumentedCommand(string Document, string Text, bool InBlock)
{
    /// <inheritdoc />
    public override string ToString() => $"{Document}: {Text}";
}
