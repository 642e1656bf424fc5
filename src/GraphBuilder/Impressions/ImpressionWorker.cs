using System.Diagnostics;
using Confluent.Kafka;
using Microsoft.Extensions.Options;
using Rearm.Streaming.Contracts.V1;
using Rearm.Streaming.GraphBuilder.Consuming;
using Rearm.Streaming.GraphBuilder.State;
using Rearm.Streaming.ServiceDefaults.Kafka;
using Rearm.Streaming.Storage.Impressions;

namespace Rearm.Streaming.GraphBuilder.Impressions;

/// <summary>
/// Counts what users were shown and what of it they clicked, of the partitions that this GraphBuilder has. It reads beside the worker that builds the graphs
/// and has no part in what that one guarantees: whatever goes wrong here holds up nothing there. Two processes that both believe to have a partition count
/// the same.
/// </summary>
internal sealed partial class ImpressionWorker(
    KafkaClients clients, WorkerStatus worker, Leadership leadership, ImpressionCountsStore store, ExperimentRule rule, ImpressionState state, EventTypes types,
    IOptions<GraphBuilderOptions> options, TimeProvider time, ILogger<ImpressionWorker> logger) : BackgroundService
{
    private static readonly TimeSpan ReadWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan WriteInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RuleInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LookAgainAfter = TimeSpan.FromSeconds(5);

    private string _problem = "";

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (options.Value.ImpressionWindow == TimeSpan.Zero)
            return;
        await Task.Yield();
        using var admin = clients.CreateAdmin();
        try
        {
            for (; ; await Task.Delay(LookAgainAfter, time, stoppingToken))
                try
                {
                    if (await CanJoinAsync(admin, stoppingToken))
                        await JoinAsync(stoppingToken);
                }
                catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
                {
                    Report($"Impressions are not joined to clicks at the moment: {e.Message}");
                }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // What was counted last is in Redis, with its place in the logs.
        }
    }

    // The topic is there once a Server records impressions.
    private async Task<bool> CanJoinAsync(IAdminClient admin, CancellationToken cancellationToken)
    {
        var impressions = await TopicSetup.PartitionsAsync(admin, clients.Topics.Impressions, cancellationToken);
        if (impressions == 0)
        {
            state.Report(null);
            return false;
        }
        var interactions = await TopicSetup.PartitionsAsync(admin, clients.Topics.Interactions, cancellationToken);
        if (impressions == interactions)
            return true;
        Report($"{clients.Topics.Impressions} has {impressions} partitions and {clients.Topics.Interactions} has {interactions}: what a user was shown and what "
            + $"the user clicked may be in different ones, so they are not joined. Delete {clients.Topics.Impressions} and restart a Server: it creates the topic "
            + "with as many.");
        return false;
    }

    private async Task JoinAsync(CancellationToken cancellationToken)
    {
        using var reader = new ImpressionReader(clients, types);
        Report("");
        var (sinceWritten, sinceRule) = (Stopwatch.StartNew(), Stopwatch.StartNew());
        while (!cancellationToken.IsCancellationRequested)
        {
            await FollowOwnershipAsync(reader, cancellationToken);
            await Task.Run(() => reader.Read(ReadWait), CancellationToken.None);
            var now = time.GetUtcNow().ToUnixTimeMilliseconds();
            foreach (var join in reader.Joins.Values)
                join.Advance(now);
            reader.Balance();
            if (sinceWritten.Elapsed >= WriteInterval)
            {
                await WriteAsync(reader, cancellationToken);
                sinceWritten.Restart();
            }
            if (sinceRule.Elapsed >= RuleInterval)
            {
                await LeadAsync(cancellationToken);
                sinceRule.Restart();
            }
        }
        // What is joined now need not be joined again.
        await WriteAsync(reader, CancellationToken.None);
    }

    // What one of them does for all: each has counted its own partitions only.
    private async Task LeadAsync(CancellationToken cancellationToken)
    {
        if (!leadership.IsOurs)
        {
            state.ReportRates([]);
            return;
        }
        await rule.ApplyAsync(cancellationToken);
        state.ReportRates(await store.SumAsync(cancellationToken));
    }

    private async Task FollowOwnershipAsync(ImpressionReader reader, CancellationToken cancellationToken)
    {
        var owned = worker.Partitions;
        foreach (var partition in reader.Joins.Keys.Except(owned).ToArray())
        {
            await store.WriteAsync(partition, reader.Joins[partition].Counts(), cancellationToken);
            reader.LetGo(partition);
        }
        foreach (var partition in owned.Except(reader.Joins.Keys).ToArray())
        {
            var stored = await store.ReadAsync(partition, cancellationToken);
            // The client's calls block.
            await Task.Run(() => Take(reader, partition, stored), cancellationToken);
        }
    }

    private void Take(ImpressionReader reader, int partition, ImpressionCounts? stored)
    {
        if (stored is null || !reader.Has(partition, stored))
        {
            // Figures of other logs are kept; where reading goes on is new.
            var beginning = reader.Beginning(partition);
            beginning.Arms.Add(stored?.Arms ?? []);
            stored = beginning;
        }
        reader.Take(partition, new(stored, options.Value.ImpressionWindow, options.Value.MaxOpenImpressions, state.Count), stored);
    }

    private async Task WriteAsync(ImpressionReader reader, CancellationToken cancellationToken)
    {
        foreach (var (partition, join) in reader.Joins)
            if (join.HasChanged)
                await store.WriteAsync(partition, join.Counts(), cancellationToken);
        var joins = reader.Joins.Values;
        state.Report(new ImpressionStatus
        {
            Read = joins.Sum(j => j.Answers.Read),
            Refused = joins.Sum(j => j.Answers.Refused),
            Open = joins.Sum(j => j.OpenItems),
            Forgotten = joins.Sum(j => j.Forgotten),
            Lag = reader.Lag,
            Partitions = { reader.Joins.Keys.Order() },
        });
    }

    private void Report(string problem)
    {
        if (problem != _problem && problem.Length > 0)
            LogProblem(problem);
        _problem = problem;
        state.Report(new() { Lag = -1, Problem = problem });
    }

    [LoggerMessage(2061, LogLevel.Warning, "{Problem}")]
    private partial void LogProblem(string problem);
}
