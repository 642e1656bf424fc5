using Rearm.Streaming.Cli;

return await RearmCommandLine.RunAsync(args);
