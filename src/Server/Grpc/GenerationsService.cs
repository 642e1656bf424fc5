using Grpc.Core;
using Rearm.Streaming.Contracts;
using Rearm.Streaming.Contracts.Experiments;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.Server.Impressions;
using Rearm.Streaming.ServiceDefaults.Access;
using Rearm.Streaming.ServiceDefaults.Errors;
using Rearm.Streaming.Storage.Generations;
using Rearm.Streaming.Storage.Impressions;

namespace Rearm.Streaming.Server.Grpc;

/// <summary>rearm.v1.Generations: what operators ask about the generations kept.</summary>
internal sealed partial class GenerationsService(
    GenerationRegistry registry, ExperimentRegistry experiments, ImpressionCountsStore counts, IImpressions impressions, ILogger<GenerationsService> logger)
    : Generations.GenerationsBase
{
    private const string NoneRuns = "No experiment runs.";

    public override Task<ListGenerationsResponse> ListGenerations(ListGenerationsRequest request, ServerCallContext context) => ListAsync(context.CancellationToken);

    [OperatorCall]
    public override Task<ListGenerationsResponse> PinGeneration(PinGenerationRequest request, ServerCallContext context) => PinAsync(request.Number, context.CancellationToken);

    [OperatorCall]
    public override async Task<ListGenerationsResponse> RollBack(RollBackRequest request, ServerCallContext context)
    {
        var (served, _) = await registry.ServedAsync(context.CancellationToken);
        var older = (await registry.ListAsync(context.CancellationToken)).FirstOrDefault(manifest => manifest.Number < served)
            ?? throw new PreconditionException($"No generation older than the one served ({served}) is kept (Trainer:KeepGenerations).");
        return await PinAsync(older.Number, context.CancellationToken);
    }

    [OperatorCall]
    public override async Task<ListGenerationsResponse> UnpinGeneration(UnpinGenerationRequest request, ServerCallContext context)
    {
        await registry.UnpinAsync(context.CancellationToken);
        await EndExperimentAsync("A generation was unpinned.", context.CancellationToken);
        LogUnpinned();
        return await ListAsync(context.CancellationToken);
    }

    private async Task<ListGenerationsResponse> PinAsync(long number, CancellationToken cancellationToken)
    {
        switch (await registry.PinAsync(number, cancellationToken))
        {
            case PinProblem.NotThere:
                throw new NotFoundException($"There is no generation {number}.");
            case PinProblem.NoLongerKept:
                throw new PreconditionException($"Generation {number} is no longer kept and about to expire (Trainer:KeepGenerations).");
        }
        await EndExperimentAsync($"Generation {number} was pinned.", cancellationToken);
        LogPinned(number);
        return await ListAsync(cancellationToken);
    }

    private async Task<ListGenerationsResponse> ListAsync(CancellationToken cancellationToken)
    {
        var (served, isPinned) = await registry.ServedAsync(cancellationToken);
        var response = new ListGenerationsResponse { Served = served, Pinned = isPinned };
        foreach (var manifest in await registry.ListAsync(cancellationToken))
            response.Generations.Add(new KeptGeneration
            {
                Number = manifest.Number,
                PublishedAt = manifest.PublishedAt,
                Snapshot = manifest.Snapshot,
                Users = manifest.Users,
                Items = manifest.Items,
                Dimension = manifest.Dimension,
                Metrics = { manifest.Metrics },
                Settings = { manifest.Settings },
                SequenceLength = manifest.UserEncoder?.Length ?? 0,
            });
        response.Clicks.Add((await counts.SumAsync(cancellationToken)).Select(ClickRate.Describe));
        response.Experiment = await TryReadAsync(experiments.RunningAsync, cancellationToken);
        return response;
    }

    [OperatorCall]
    public override async Task<ExperimentReport> StartExperiment(StartExperimentRequest request, ServerCallContext context)
    {
        var experiment = new Experiment { Control = request.Control, Treatment = request.Treatment, Share = request.Share };
        if (ExperimentCodec.Problem(experiment) is { } wrong)
            throw new InvalidRequestException(wrong);
        switch (await experiments.StartAsync(experiment, context.CancellationToken))
        {
            case { Pin: PinProblem.NotThere } problem:
                throw new NotFoundException($"There is no generation {problem.Generation}.");
            case { Pin: PinProblem.NoLongerKept } problem:
                throw new PreconditionException($"Generation {problem.Generation} is no longer kept and about to expire (Trainer:KeepGenerations).");
            case not null:
                throw new PreconditionException("An experiment runs already; stop it first (rearm models experiment stop).");
        }
        LogStarted(experiment.Control.Name, experiment.Control.Generation, experiment.Treatment.Name, experiment.Treatment.Generation, experiment.Share);
        return await ReportAsync(context.CancellationToken);
    }

    [OperatorCall]
    public override async Task<ExperimentReport> StopExperiment(StopExperimentRequest request, ServerCallContext context)
    {
        if (request.Pin.Length > 0)
        {
            var running = await TryReadAsync(experiments.RunningAsync, context.CancellationToken) ?? throw new PreconditionException(NoneRuns);
            var arm = new[] { running.Control, running.Treatment }.FirstOrDefault(a => a.Name == request.Pin)
                ?? throw new NotFoundException($"The experiment has no arm \"{request.Pin}\"; it has {running.Control.Name} and {running.Treatment.Name}.");
            // Ends the experiment, which has kept the generation so far, once it is pinned.
            await PinAsync(arm.Generation, context.CancellationToken);
        }
        else if (!await EndExperimentAsync("An operator stopped it.", context.CancellationToken))
            throw new PreconditionException(NoneRuns);
        return await ReportAsync(context.CancellationToken);
    }

    public override Task<ExperimentReport> GetExperiment(GetExperimentRequest request, ServerCallContext context) => ReportAsync(context.CancellationToken);

    private async Task<ExperimentReport> ReportAsync(CancellationToken cancellationToken)
    {
        Experiment? running = null;
        var unreadable = "";
        try
        {
            running = await experiments.RunningAsync(cancellationToken);
        }
        catch (ContractException e)
        {
            unreadable = $"{e.Message} No Server follows it; rearm models experiment stop removes it.";
        }
        var shown = running ?? await TryReadAsync(experiments.LastAsync, cancellationToken);
        var report = new ExperimentReport { Running = running is not null, Problem = unreadable, Experiment = shown };
        if (report.Experiment is not { } experiment)
            return report;
        var own = (await counts.SumAsync(cancellationToken)).Where(c => c.Experiment == experiment.Id);
        report.Arms.Add(own.OrderBy(c => c.Arm == experiment.Treatment.Name).Select(ClickRate.Describe));
        if (report.Running && !impressions.AreOn)
            report.Problem = $"This Server does not record what it shows ({ServerOptions.Section}:{nameof(ServerOptions.Impressions)} is off), so nobody can "
                + "tell by its answers which arm is better.";
        return report;
    }

    private async Task<bool> EndExperimentAsync(string because, CancellationToken cancellationToken)
    {
        var ended = await experiments.StopAsync(because, id: null, cancellationToken);
        if (ended)
            LogEnded(because);
        return ended;
    }

    // One that can't be read is followed by nobody.
    private static async Task<Experiment?> TryReadAsync(Func<CancellationToken, Task<Experiment?>> read, CancellationToken cancellationToken)
    {
        try
        {
            return await read(cancellationToken);
        }
        catch (ContractException)
        {
            return null;
        }
    }

    [LoggerMessage(4021, LogLevel.Warning, "Generation {Number} was pinned: all Servers serve it until it is unpinned")]
    private partial void LogPinned(long number);

    [LoggerMessage(
        4023, LogLevel.Warning, "Experiment started: {Control} gets generation {ControlGeneration}, {Treatment} gets {TreatmentGeneration} for {Share} of the users")]
    private partial void LogStarted(string control, long controlGeneration, string treatment, long treatmentGeneration, double share);

    [LoggerMessage(4024, LogLevel.Warning, "The experiment has ended: {Because}")]
    private partial void LogEnded(string because);

    [LoggerMessage(4022, LogLevel.Warning, "The newest generation is served again: none is pinned")]
    private partial void LogUnpinned();
}
