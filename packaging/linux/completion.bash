# Completion of wxpark for bash.
_wxpark() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} words i suffix=
    local command= action=
    # --lang and --data-dir may stand before the command.
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
            --lang | --data-dir) ((i++)) ;;
            -*) ;;
            *) if [ -z "$command" ]; then command=${COMP_WORDS[i]}; else action=${action:-${COMP_WORDS[i]}}; fi ;;
        esac
    done
    local common="--data-dir --lang --help"
    local merchant="--mch-id --appid --sub-mch-id --sub-appid --parking-name --free-time --notify-url --gateway-url --profile-name"
    local settings="booth.name booth.plate_prefix booth.duplicate_minutes booth.expiry_hours booth.backfill_hours booth.retention_days"
    settings+=" booth.void_reasons booth.support_contact network.proxy network.proxy_url appearance.language appearance.theme appearance.font_scale"
    settings+=" appearance.sounds updates.version_file updates.version_key merchant.appid merchant.mch_id"
    settings+=" merchant.sub_mch_id merchant.parking_name merchant.sub_appid merchant.free_time merchant.notify_url"
    settings+=" merchant.gateway_url merchant.profile_name door.enabled door.port"
    case $before in
        # The value of a setting: bash splits NAME=VALUE at the sign.
        =) return ;;
        --car-type) words="small large" ;;
        --scene) words="parking space" ;;
        --lang) words="zh_CN en" ;;
        --state) words="queued answered refused untrusted expired voided" ;;
        --fault)
            words="timeout reset close-after-read slow drip http500 http429 redirect captive-portal"
            words+=" early-hints empty gzip-page retcode unclear-fail badsign unsigned"
            words+=" md5sign replay other-merchant gzip-bomb huge xxe"
            ;;
        --data-dir)
            mapfile -t COMPREPLY < <(compgen -d -- "$word")
            return
            ;;
        *)
            case $command in
                "") words="notify query plate merchant settings manager journal gateway doctor diagnostics backup --version" ;;
                notify)
                    words="--plate --car-type --scene --space-number --openid --sub-openid --start-time --training --json"
                    ;;
                query) words="--plate --training --json" ;;
                plate)
                    case $action in
                        "") words="offer" ;;
                        offer) words="--training --json" ;;
                    esac
                    ;;
                merchant)
                    case $action in
                        "") words="set add list use remove show forget" ;;
                        set) words="$merchant --booth --plate-prefix --key-stdin" ;;
                        add) words="$merchant --key-stdin" ;;
                        list) words="--json" ;;
                    esac
                    ;;
                settings)
                    case $action in
                        "") words="show set import export" ;;
                        show | set)
                            if [[ $word != -* ]]; then
                                # No space after NAME=; a value follows.
                                [ "$action" = set ] && { suffix="=" && compopt -o nospace 2>/dev/null; }
                                mapfile -t COMPREPLY < <(compgen -S "${suffix-}" -W "$settings" -- "$word")
                                return
                            fi
                            words="--json"
                            ;;
                        import)
                            if [[ $word != -* ]]; then
                                mapfile -t COMPREPLY < <(compgen -f -- "$word")
                                return
                            fi
                            words="--json"
                            ;;
                    esac
                    ;;
                manager)
                    case $action in
                        "") words="list reset" ;;
                        list) words="--training --json" ;;
                        reset) words="--yes --training" ;;
                    esac
                    ;;
                journal)
                    case $action in
                        "") words="list show export verify flush" ;;
                        list) words="--since --until --plate --state --training --json" ;;
                        export)
                            if [[ $word != -* ]]; then
                                mapfile -t COMPREPLY < <(compgen -f -- "$word")
                                return
                            fi
                            words="--since --until --plate --state --force --unmasked --training --json"
                            ;;
                        *) words="--training --json" ;;
                    esac
                    ;;
                gateway) words="--port --key-stdin --fault" ;;
                doctor) words="--json" ;;
                backup)
                    case $action in
                        "") words="save list restore" ;;
                        list) words="--json" ;;
                        *)
                            if [[ $word != -* ]]; then
                                mapfile -t COMPREPLY < <(compgen -f -- "$word")
                                return
                            fi
                            words="--json"
                            [ "$action" = save ] && words+=" --force" || words+=" --settings"
                            ;;
                    esac
                    ;;
                diagnostics)
                    if [[ $word != -* ]]; then
                        mapfile -t COMPREPLY < <(compgen -f -- "$word")
                        return
                    fi
                    words="--force --json"
                    ;;
            esac
            words="${words-} $common"
            ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}
complete -F _wxpark wxpark
