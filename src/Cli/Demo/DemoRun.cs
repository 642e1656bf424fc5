using Grpc.Core;
using Rearm.Streaming.Cli.CommandLine;
using Rearm.Streaming.Client;
using Spectre.Console;

namespace Rearm.Streaming.Cli.Demo;

/// <summary>The demo from start to end: data, services, the story, then staying up.</summary>
internal static class DemoRun
{
    public static async Task RunAsync(DemoOptions options, IAnsiConsole console, CancellationToken cancellation)
    {
        using var narrator = new Narrator(console);
        try
        {
            var data = options.Dataset is { } folder ? DatasetData.Read(folder) : SyntheticShop.Create(options.Seed);
            var plan = TrainerPlan.For(options);
            narrator.Report($"Demo with {data.Name}");
            narrator.Report($"Training will take {plan}, seed {options.Seed}");

            await using var services = await DemoServices.StartAsync(options, plan, narrator, cancellation);
            var pipeline = new Pipeline(services, narrator);
            var report = await new DemoStory(services, data, pipeline, narrator).RunAsync(cancellation);
            if (options.Json is { } file)
                await report.WriteAsync(file, cancellation);
            if (!options.Once)
                await new StayingUp(services, data, pipeline, narrator).UntilCancelledAsync(report.Interactions, cancellation);
            narrator.Report("Stopping");
        }
        catch (ServiceException e)
        {
            throw CliException.From(e, $"A service failed: {e.Message} (--verbose shows the services' logs.)");
        }
        catch (RpcException e) when (!cancellation.IsCancellationRequested)
        {
            throw CliException.From(e, $"A service failed ({e.StatusCode}): {e.Status.Detail} (--verbose shows the services' logs.)");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or UnauthorizedAccessException)
        {
            throw CliException.From(e);
        }
        narrator.Report("Done");
    }
}
