namespace Rearm.Streaming.Server.Grpc;

/// <summary>Marks a call that counts against <see cref="ServerOptions.MaxRunningCalls"/>: it is for one answer, and there may be many.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LimitedCallAttribute : Attribute;
