"""What MLflow's page asks for by GraphQL."""

RUN = "info { runId runUuid runName experimentId userId status startTime endTime artifactUri lifecycleStage }"
DATA = "data { metrics { key value timestamp step datasetName modelId } params { key value } tags { key value } }"


def graphql(s):
    experiment = s.experiment("graphql")
    run = s.run(experiment, run_name="graphql", start_time=3)
    s.need("POST", "runs/log-batch", run_id=run, params=[{"key": "p", "value": "1"}],
           metrics=[{"key": "m", "value": v, "timestamp": 1, "step": i} for i, v in enumerate([1.5, 2, "NaN"])])
    s.need("POST", "runs/log-inputs", run_id=run, datasets=[{"dataset": {"name": "d", "digest": "1", "source_type": "local", "source": "{}"}}])

    def ask(label, query, operation=None, **more):
        s.ask(label, "POST", "/graphql", body={"query": query, "operationName": operation, **more})

    one = f'mlflowGetRun(input: {{runId: "{run}"}})'
    ask("a run", f"query q {{ {one} {{ run {{ {RUN} {DATA} }} }} }}", "q")
    ask("what is around a run", f"{{ {one} {{ run {{ experiment {{ name tags {{ key }} workspace effectiveTraceArchivalRetention }} modelVersions {{ name }} "
        "inputs { datasetInputs { tags { key } dataset { name schema profile } } modelInputs { modelId } } outputs { modelOutputs { modelId step } } } apiError { code } } }")
    ask("type names", f"{{ __typename {one} {{ __typename run {{ __typename info {{ __typename }} data {{ __typename metrics {{ __typename }} }} experiment {{ __typename }} }} }} }}")
    ask("other names", f"{{ a: {one} {{ b: run {{ c: info {{ d: runName }} }} }} }}")
    ask("the same field twice", f"{{ {one} {{ run {{ info {{ runName }} info {{ status }} }} }} }}")
    ask("fragments", f"query q {{ {one} {{ run {{ ...A ... on MlflowRunExtension {{ data {{ params {{ key }} }} }} }} }} }} fragment A on MlflowRunExtension {{ info {{ runName }} }}", "q")
    ask("variables", "query q($i: MlflowGetRunInput!) { mlflowGetRun(input: $i) { run { info { runName } } } }", "q", variables={"i": {"runId": run}})
    ask("a variable in an object", "query q($i: String) { mlflowGetRun(input: {runId: $i}) { run { info { runName } } } }", "q", variables={"i": run})
    ask("a variable's default", f'query q($i: String = "{run}") {{ mlflowGetRun(input: {{runId: $i}}) {{ run {{ info {{ runName }} }} }} }}', "q")
    ask("include and skip", f"query q($y: Boolean!) {{ {one} {{ run {{ info @include(if: $y) {{ runName }} data @skip(if: $y) {{ params {{ key }} }} experiment @include(if: false) {{ name }} }} }} }}",
        "q", variables={"y": True})
    ask("another directive", f'query q @component(name: "x") {{ {one} {{ run {{ info {{ runName }} }} }} }}', "q")
    ask("an experiment", f'{{ mlflowGetExperiment(input: {{experimentId: "{experiment}"}}) {{ experiment {{ experimentId name lifecycleStage tags {{ key }} }} }} }}')
    ask("a number for an id", f"{{ mlflowGetExperiment(input: {{experimentId: {experiment}}}) {{ experiment {{ name }} }} }}")
    for kind in ("query", "mutation"):
        ask(f"runs by a {kind}", f'{kind} {{ mlflowSearchRuns(input: {{experimentIds: ["{experiment}"], filter: "params.p = \'1\'", runViewType: ALL, maxResults: 5}}) '
            "{ runs { info { runName } experiment { name } } nextPageToken } }")
    ask("one value for a list", f'{{ mlflowSearchRuns(input: {{experimentIds: "{experiment}"}}) {{ runs {{ info {{ runName }} }} }} }}')
    ask("a history", f'{{ mlflowGetMetricHistoryBulkInterval(input: {{runIds: ["{run}"], metricKey: "m"}}) {{ metrics {{ key value timestamp step runId }} }} }}')
    ask("files", f'{{ mlflowListArtifacts(input: {{runId: "{run}"}}) {{ files {{ path isDir fileSize }} nextPageToken }} }}')
    ask("versions", '{ mlflowSearchModelVersions(input: {filter: "name = \'none\'"}) { modelVersions { name } nextPageToken } }')
    ask("data sets", f'mutation {{ mlflowSearchDatasets(input: {{experimentIds: ["{experiment}"]}}) {{ datasetSummaries {{ experimentId name digest context }} }} }}')
    ask("the echo", 'query q { test(inputString: "abc") { output } }', "q")
    ask("the other echo", 'mutation { testMutation(inputString: "abc") { output } }')
    for label, query, operation in [
        ("an unknown run", f'{{ a: mlflowGetRun(input: {{runId: "{"0" * 32}"}}) {{ run {{ info {{ runId }} }} }} {one} {{ run {{ info {{ runName }} }} }} }}', None),
        ("an unknown experiment", '{ mlflowGetExperiment(input: {experimentId: "999"}) { experiment { name } } }', None),
        ("a filter that is none", '{ mlflowSearchRuns(input: {filter: "nonsense"}) { runs { info { runId } } } }', None),
        ("a query as a mutation", f"mutation {{ {one} {{ run {{ info {{ runId }} }} }} }}", None),
        ("an unknown root", "{ none { a } }", None), ("an unknown field", f"{{ {one} {{ run {{ none }} }} }}", None),
        ("a scalar with fields", f"{{ {one} {{ run {{ info {{ runId {{ a }} }} }} }} }}", None),
        ("an object without fields", f"{{ {one} {{ run }} }}", None), ("a list without fields", f"{{ {one} {{ run {{ data {{ metrics }} }} }} }}", None),
        ("an unknown argument", '{ mlflowGetRun(other: {runId: "x"}) { run { info { runId } } } }', None),
        ("an unknown member", '{ mlflowGetRun(input: {other: "x"}) { run { info { runId } } } }', None),
        ("an unknown fragment", f"{{ {one} {{ ...A }} }}", None), ("an unknown variable", "{ mlflowGetRun(input: $i) { run { info { runId } } } }", None),
        ("an unknown operation", f"query q {{ {one} {{ run {{ info {{ runId }} }} }} }}", "p"),
        ("two operations and no name", "query a { __typename } query b { __typename }", None), ("the second operation", "query a { __typename } query b { __typename }", "b"),
        ("too many roots", "{ " + " ".join(f"a{i}: __typename" for i in range(11)) + " }", None),
        ("too many names", f"{{ {one} {{ run {{ info {{ " + " ".join(f"a{i}: runId" for i in range(11)) + " } } } }", None),
        ("too deep", f"{{ {one} {{ " + "run { " * 10 + "a" + " }" * 10 + " } }", None),
        ("too much", f"{{ {one} {{ run {{ " + " ".join(f"a{i}" for i in range(1001)) + " } } }", None),
        ("two fields of one name", f"{{ {one} {{ run {{ info {{ a: runId a: runName }} }} }} }}", None),
    ]:
        ask(label, query, operation)


GROUPS = {"graphql": graphql}
