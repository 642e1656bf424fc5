namespace Rearm.Streaming.Server.WebConsole;

/// <summary>A service that the console passes calls on to. Its name is that of its option.</summary>
internal enum ConsoleService
{
    Ingestor,
    GraphBuilder,
    Trainer,
}
