Console.Error.WriteLine("There are no commands yet.");
return 2;
