using System.Globalization;

namespace Rearm.Streaming.Cli.Bench;

/// <summary>The memory that a process has resident, on Linux.</summary>
/// <param name="process">Its id.</param>
internal readonly struct ResidentMemory(int process)
{
    /// <summary>MiB now; null where the system does not say.</summary>
    public double? Now => Read("VmRSS:");

    /// <summary>MiB at most since <see cref="ForgetPeak"/>.</summary>
    public double? Peak => Read("VmHWM:");

    /// <summary>What was is forgotten: the peak is what is resident now.</summary>
    public void ForgetPeak()
    {
        if (OperatingSystem.IsLinux())
            File.WriteAllText($"/proc/{process}/clear_refs", "5");
    }

    private double? Read(string name)
    {
        if (!OperatingSystem.IsLinux())
            return null;
        var line = File.ReadLines($"/proc/{process}/status").First(line => line.StartsWith(name, StringComparison.Ordinal));
        return double.Parse(line.AsSpan(name.Length).Trim().TrimEnd(" kB"), CultureInfo.InvariantCulture) / 1024;
    }
}
