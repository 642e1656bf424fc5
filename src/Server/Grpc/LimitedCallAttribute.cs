namespace Rearm.Streaming.Server.Grpc;

/// <summary>Marks a call that counts against <see cref="ServerOptions.MaxRunningCalls"/>: it is short, and there may be many.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LimitedCallAttribute : Attribute;
