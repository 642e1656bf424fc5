using Rearm.Streaming.Cli.CommandLine;

return await RearmCommandLine.RunAsync(args);
