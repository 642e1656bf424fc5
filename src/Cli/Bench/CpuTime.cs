using System.Diagnostics;

namespace Rearm.Streaming.Cli.Bench;

/// <summary>Measures work by wall time and by this process's processor time, over all cores.</summary>
internal readonly struct CpuTime
{
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly TimeSpan _cpu = Environment.CpuUsage.TotalTime;

    public CpuTime()
    {
    }

    /// <summary>Seconds since then.</summary>
    public double Seconds => Stopwatch.GetElapsedTime(_start).TotalSeconds;

    /// <summary>Processor seconds since then.</summary>
    public double CpuSeconds => (Environment.CpuUsage.TotalTime - _cpu).TotalSeconds;
}
