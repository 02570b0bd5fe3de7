namespace Ambianic.Server.Tests.Edge;

/// <summary>The cases of Ambianic Edge's own tests, file by file, and what they come to here.</summary>
internal static class EdgeCases
{
    private const string Tensors = "the shape of a tensor inside TensorFlow Lite";
    private const string OwnClass = "it asks for a class of GStreamer's binding";

    /// <summary>All files with tests, in the order of their paths.</summary>
    public static IReadOnlyList<EdgeFile> Files { get; } =
    [
        new("pipeline/ai/test_face_detect.py", 14, "DetectFacesTests.InvokeAsync_TwoPersons_PassesOneSampleEach", "DetectFacesTests.InvokeAsync_Nobody_PassesTheSampleOnceAndLooksAtNothing", "CatalogModelsTests.Faces_InsidePersons_AreThoseThatLookAtUs", "PipelineTests.RunAsync_ElementThrows_DropsThatSampleAndGoesOn")
        {
            Inapplicable = [("model_inputs", Tensors), ("model_outputs", Tensors)],
            Different =
            [
                ("one_person_high_confidence_face_low_confidence_two_stage_pipe", "the face in that picture is found here (0.98)"),
                ("thermal_one_person_miss_face_two_stage_pipe", "the face in that thermal picture is found here (0.63)"),
            ],
        },
        new("pipeline/ai/test_fall_detect.py", 22, "FallTests.Evaluate_PicturesOfTheReference_FallOnceOrNever", "FallSceneTests.Observe_NobodyForAnHour_ReportsNothing", "DetectFallsTests.InvokeAsync_Fall_IsReportedOnceWithPicturesFromBefore", "EventJsonTests.ForFile_FallWhoseThumbnailIsKnown_HasTheReferencesNamesInPixelsBesideOurs")
        {
            Inapplicable = [("model_inputs", Tensors)],
            Different =
            [
                ("draw_line_0", Drawing), ("draw_line_1", Drawing), ("draw_line_1_1", Drawing), ("draw_line_2", Drawing),
            ],
        },
        new("pipeline/ai/test_fall_detect_more.py", 4, "EdgeConfigurationTests.Load_NamesOfTheDefaults_ExistWithoutBeingDefined")
        {
            Inapplicable = [("model_inputs", Tensors)],
            Different = [("debug_image_save_no_context", Drawing), ("debug_image_save_with_context", Drawing)],
        },
        new("pipeline/ai/test_image_detect.py", 9, "LetterboxTests.Fit_TopLeft_PadsRightAndBottom", "EventImageTests.ThumbnailJpeg_AnySize_KeepsAspectWithin320", "LabelFileTests.Read_LabelsOfTheReferenceSystem_HoldsThoseOfTheCatalogAndNinetyIndices", "BrokenConfigurationTests.Load_BrokenConfiguration_ReportsExactlyWhatIsWrongAndWhere")
        {
            Inapplicable = [("model_inputs", Tensors), ("model_outputs", Tensors)],
            Different = [("inference_init_no_config", NoModel)],
        },
        new("pipeline/ai/test_inference.py", 6, "ModelResolverTests.ResolveAsync_OwnTflite_IsImportedOnce", "ModelResolverTests.ResolveAsync_OnlyAnEdgeTpuFile_SaysThatTheOtherIsNeeded", "LabelFileTests.Read_MissingFile_IsAnErrorThatNamesTheFile")
        {
            Different = [("inference_init_no_params", NoModel)],
        },
        new("pipeline/ai/test_object_detect.py", 13, "CatalogModelsTests.Default_Picture_ShowsItsPersons", "CommandTests.Detect_PictureOfTheReference_FindsWhatItShows", "DetectObjectsTests.InvokeAsync_LabelFilter_IsAppliedBeforeTopK", "DetectObjectsTests.InvokeAsync_FilterOfAnUnknownLabel_WarnsOnce")
        {
            Inapplicable = [("model_inputs", Tensors), ("model_outputs", Tensors)],
        },
        new("pipeline/avsource/test_avsource.py", 13, "FfmpegSourceFileTests.ReadAsync_File_GivesFramesAtTheAskedRateInOrder", "FfmpegSourceFileTests.ReadAsync_SinglePicture_IsOneFrame", "FfmpegSourceLiveTests.ReadAsync_DecoderHangsAndDoesNotListen_IsKilledAtOnceAfterTheLimit", "FfmpegSourceLiveTests.ReadAsync_RaspberryPiCamera_FlowsThroughItsProgram", "PipelineHealingTests.RunAsync_SourceHangs_ConnectsAgainAndIsWell")
        {
            Different = [("picamera_fail_import", "a pipeline whose camera cannot be read is not given up: it is tried again, and says which program is missing")],
        },
        new("pipeline/avsource/test_avsource_http.py", 5, "HttpSourceTests.ReadAsync_NotLive_GivesOnePictureReducedToTheAskedWidth", "PipelineSupervisorTests.RunAsync_FileFails_IsNotTriedAgain", "PipelineTests.RunAsync_CameraAway_TriesAgainEverMoreSlowlyUntilItIsBack"),
        new("pipeline/avsource/test_avsource_picamera.py", 2, "FfmpegSourceLiveTests.ReadAsync_RaspberryPiCamera_FlowsThroughItsProgram", "FfmpegSourceLiveTests.ReadAsync_NoRaspberryPiCamera_SaysHowToGetItsProgram"),
        new("pipeline/avsource/test_gstreamer.py", 18, "FfmpegSourceFileTests.ReadAsync_SinglePicture_IsOneFrame", "FfmpegSourceFileTests.ReadAsync_FfmpegKilled_IsAnErrorAndNotAnEnd", "FfmpegSourceFileTests.ReadAsync_StoppedInTheMiddle_LeavesNoProcessAndNoFrame", "FfmpegSourceLiveTests.ReadAsync_NothingThere_SaysWhatIsMissing", "EdgeConfigurationTests.Load_DeviceAsFile_IsTheCamera")
        {
            Inapplicable = [("on_auto_plugin", OwnClass), ("gst_debug_level", OwnClass)],
            Different =
            [
                ("sample_out_queue_full_on_sample", "when a pipeline is slower than its camera the newest picture wins, not the oldest"),
                ("gst_set_state_playing_no_preroll", "a source that the configuration calls not live is not taken for live"),
            ],
        },
        new("pipeline/test_interpreter.py", 8, "ReferenceConfigurationTests.Load_ReferenceConfiguration_ResolvesPipelines", "PipelineTests.RunAsync_File_PassesEachFrameDownTheChainInOrder", "PipelineTests.RunAsync_StoppedWhileWaiting_EndsAtOnceAndNotAsAnError"),
        new("pipeline/test_interpreter_more.py", 11, "PipelineHealingTests.RunAsync_SourceHangs_ConnectsAgainAndIsWell", "PipelineTests.Status_NoSampleArrives_BecomesStalledThenTerminal", "PipelineSupervisorTests.RunAsync_DisabledPipeline_IsShownWithItsReasonAndNotRun", "ReloadTests.Run_ConfigurationIsEdited_RestartsWhatChangedAndNothingElse")
        {
            Different = [("pipeline_init_invalid_element", "a pipeline with an element that does not exist is disabled and says why, instead of running without it")],
        },
        new("pipeline/test_notify.py", 3, "EdgeRestTests.Notifications_SwitchedAndTested_AreSentWhenTheyAreOn", "AlertDeskTests.Event_IsTold"),
        new("pipeline/test_pipe_element.py", 6, "PipelineTests.RunAsync_ElementThatPassesOnTwice_BeatsForEachArrival", "PipelineSupervisorTests.RunAsync_Cancelled_StopsAllAndReturns"),
        new("pipeline/test_pipeline_healthchecker.py", 2, "PipelineTests.RunAsync_ElementThatPassesOnTwice_BeatsForEachArrival"),
        new("pipeline/test_pipeline_server.py", 1, "RunTests.Run_Terminated_StopsCleanly"),
        new("pipeline/test_save_event.py", 12, "SaveDetectionsTests.InvokeAsync_FirstOfEachKind_IsSaved", "SaveDetectionsTests.InvokeAsync_QuietScene_IsSavedEveryTenMinutesApartFromDetections", "SaveDetectionsTests.InvokeAsync_StoreFails_SampleGoesOnAndSavingIsTriedAgainSoon", "EventJsonTests.ForFile_Event_IsTheReferencesJsonFollowedByOurKeys"),
        new("test_config.py", 3, "EdgeConfigurationTests.Load_ListNamesALocalFileThatIsNotThere_IsNoErrorAndThatIsWhereSettingsAreSaved", "EdgeConfigurationTests.Load_MarksOfDynaconf_SayWhatAValueIs")
        {
            Different = [("secrets", "values are substituted likewise, but a top-level key that nothing uses is an error: it may be a typo")],
        },
        new("test_logger.py", 13, "LogOutputTests.File_OfTheLog_ShowsTheEventIdBehindThePartThatSpeaks", "ReferenceConfigurationTests.Load_ReferenceConfiguration_BindsSettings", "EdgeConfigurationTests.Load_LevelThatIsNone_IsSaidAndTheDefaultCounts")
        {
            Different =
            [
                ("log_config_without_console_level", ConsoleLevel), ("log_config_bad_console_level1", ConsoleLevel), ("log_config_bad_console_level2", ConsoleLevel),
            ],
        },
        new("test_rest_api.py", 15, "EdgeRestTests.Get_Word_IsAJsonString", "EdgeRestTests.Timeline_WithoutAPage_IsASuccess", "EdgeRestTests.Config_Asked_HasItsSections", "EdgeRestTests.Source_SavedAndSavedAgain_IsAsItWasSaved", "EdgeRestTests.Source_DeletedTwice_IsNotFoundTheSecondTime", "EdgeRestTests.DisplayName_Set_IsThatOfTheSavedConfiguration", "EdgeRestTests.Notifications_SwitchedAndTested_AreSentWhenTheyAreOn", "EdgeIftttTests.SetIftttKey_NoProviderYet_IsTheOnlyProvider")
        {
            Different =
            [
                ("initialize_premium_notification", "the call is answered likewise, but nothing is stored: nobody offers these notifications any more"),
                ("get_config", "the keys of the answer are as files have them, in lower case; both cases in one answer would break programs that do not tell them apart"),
            ],
        },
        new("test_service.py", 5, "PipelineHealingTests.RunAsync_SourceHangs_ConnectsAgainAndIsWell", "PipelineSupervisorTests.Health_PipelineStalls_EachSubscriberGetsEverySnapshotOnceAndAllSayTheSame"),
        new("test_startup.py", 8, "ConfigurationFilesTests.Locate_DirectoryThatDoesNotExist_IsReported", "RunTests.Run_Terminated_StopsCleanly", "ReloadTests.Run_ConfigurationIsEdited_RestartsWhatChangedAndNothingElse", "PipelineSupervisorTests.RunAsync_EveryMinute_SaysThatItIsAlive"),
        new("test_timeline_dao.py", 8, "EdgeClientTests.GetTimelinePage_AnyPage_IsFiveEventsNewestFirst", "ApiTests.Timeline_SevenEvents_AreServedFiveAPageNewestFirst", "TimelineImportTests.RunAsync_EntriesOfALogAreDamaged_AreNamedByTheirLineAndTheOthersImported")
        {
            Different = [("bad_yaml", Deleted), ("bad_yaml_2", Deleted), ("bad_yaml_3", Deleted)],
        },
        new("test_util.py", 1, "EventJsonTests.ForFile_FallWhoseThumbnailIsKnown_HasTheReferencesNamesInPixelsBesideOurs"),
    ];

    private static string Drawing => "no pictures are drawn and stored for debugging; the key points are in the event's JSON, and the page draws boxes";

    private static string NoModel => "an element without a model uses that of the catalog";

    private static string ConsoleLevel => "the console shows what the log file does, `info` when nothing is said, so that it also tells of a fall and of a picture that is back";

    private static string Deleted => "the other events are shown likewise, but a file that cannot be read is not deleted";
}

/// <summary>One file of tests.</summary>
/// <param name="Path">Within its folder of tests.</param>
/// <param name="Cases">Tests in it.</param>
/// <param name="ShownBy">Tests here, as <c>class.method</c>, that show the same.</param>
internal sealed record EdgeFile(string Path, int Cases, params string[] ShownBy)
{
    /// <summary>Cases that ask for nothing that a user could notice.</summary>
    public IReadOnlyList<(string Case, string Why)> Inapplicable { get; init; } = [];

    /// <summary>Cases that come out differently, with the reason.</summary>
    public IReadOnlyList<(string Case, string Why)> Different { get; init; } = [];

    /// <summary>Cases that come out the same.</summary>
    public int Holding => Cases - Inapplicable.Count - Different.Count;
}
